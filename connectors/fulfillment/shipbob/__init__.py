"""ShipBob, API 2026-01: orders created and called off, their shipments, and inventory by building.

Our reference is `reference_id`, which ShipBob refuses to take twice; the refusal is answered by looking the order up.
What an order's shipments say, answers.py reads. ShipBob asks for at most 150 calls a minute and tells the wait in
`x-retry-after`.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from pydantic import Field, SecretStr, TypeAdapter, ValidationError

from connectors.documents import read_document
from connectors.errors import OutcomeUnknown, Refused
from connectors.fulfillment.shipbob.answers import Cancellation, Event, Inventory, Order, delivery_of, told_by
from connectors.fulfillment.shipbob.orders import document_of
from connectors.protocols import (
    Capabilities,
    FulfillmentPartner,
    FulfillmentRequest,
    PartnerOrder,
    TrackedParcel,
    WebhookNotice,
)
from connectors.protocols.partner_news import NewsSender
from connectors.reading import read_as
from connectors.settings import ConnectorSettings
from connectors.transport.http import HttpClient, answer_of, plain_refusal
from connectors.transport.standard_webhooks import check_delivery
from orderflow.inventory import StockLevel
from orderflow.shipping.tracking import TrackingUpdate

_ORDERS = TypeAdapter(list[Order])


class Settings(ConnectorSettings):
    """A personal access token and the channel orders are made in. `base_url` ends with the version."""

    service = "shipbob"

    token: SecretStr = Field(validation_alias="SHIPBOB_API_TOKEN")
    webhook_secret: SecretStr = Field(SecretStr(""), validation_alias="SHIPBOB_WEBHOOK_SECRET")
    channel_id: str = Field(pattern=r"^\d+$", validation_alias="SHIPBOB_CHANNEL_ID")
    base_url: str = Field("https://api.shipbob.com/2026-01", validation_alias="SHIPBOB_BASE_URL")


class ShipBob(FulfillmentPartner, NewsSender):
    """One channel of a ShipBob account."""

    code = "shipbob"
    capabilities = Capabilities(unique_reference=True, find_by_reference=True, orphan_is_billed=True)
    Settings = Settings

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._webhook_secret = settings.webhook_secret.get_secret_value()
        headers = {
            "Authorization": f"Bearer {settings.token.get_secret_value()}",
            "shipbob_channel_id": settings.channel_id,
        }
        self._http = HttpClient(self.code, settings.base_url, headers=headers, explain=_refusal, transport=transport)

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()

    async def request(self, request: FulfillmentRequest) -> PartnerOrder:
        """Creates the order; where ShipBob has one of this reference, that is the order."""
        try:
            answer = await self._http.write("POST", "order", json=document_of(request))
        except Refused:
            known = await self.find_by_reference(request.reference)
            if known is None:
                raise
            return known
        return told_by(answer_of(answer, Order))

    async def find_by_reference(self, reference: str) -> PartnerOrder | None:
        """The order of this reference."""
        answer = await self._http.read("GET", "order", params={"ReferenceIds": reference})
        try:
            found = [order for order in _ORDERS.validate_json(answer.content) if order.reference_id == reference]
        except ValidationError:
            raise OutcomeUnknown("shipbob lists orders nobody can read") from None
        return told_by(found[0]) if found else None

    async def status(self, provider_reference: str) -> PartnerOrder:
        """How far its shipments are."""
        return told_by(await self._order(provider_reference))

    async def cancel(self, provider_reference: str) -> bool:
        """Cancels the order with all its shipments; False where one of them can no longer be stopped."""
        try:
            answer = await self._http.write("POST", f"order/{provider_reference}:cancel")
        except Refused as refusal:
            if refusal.code != "http_422":
                raise
            return (await self._order(provider_reference)).status == "Cancelled"
        return answer_of(answer, Cancellation).status == "Success"

    async def stock_levels(self) -> tuple[StockLevel, ...]:
        """What lies in each building, page by page."""
        levels: list[StockLevel] = []
        params: dict[str, str] = {"PageSize": "100"}
        while params:
            page = answer_of(await self._http.read("GET", "inventory-level/locations", params=params), Inventory)
            levels += page.levels()
            params = dict(parse_qsl(urlsplit(page.next or "").query))
        return tuple(levels)

    async def track(self, parcel: TrackedParcel) -> TrackingUpdate | None:
        """Whether the parcel was delivered: ShipBob tells no more of the way."""
        return delivery_of(await self._order(parcel.provider_reference), parcel.tracking_number)

    async def verify(self, headers: Mapping[str, str], body: bytes, token: str) -> None:
        """By Standard Webhooks."""
        check_delivery(self._webhook_secret, headers, body, variable="SHIPBOB_WEBHOOK_SECRET")

    def notice(self, headers: Mapping[str, str], body: bytes) -> WebhookNotice | None:
        """The order or shipment that moved; None for topics about returns and bills."""
        topic = headers.get("x-webhook-topic", "")
        named = self.references(read_document(body))
        return WebhookNotice(topic, headers.get("webhook-id", ""), named[0]) if topic.startswith("order.") else None

    def references(self, document: Any) -> tuple[str, ...]:
        """The order it tells of, by whichever of its ids the topic carries."""
        return read_as(Event, document).references()

    async def _order(self, provider_reference: str) -> Order:
        return answer_of(await self._http.read("GET", f"order/{provider_reference}"), Order)


def _refusal(response: httpx.Response) -> Refused:
    """What a 4xx means. ShipBob names fields in an object of lists; those of the address are the customer's."""
    told = _fields(response)
    for field, words in told.items():
        if field.lower().startswith("recipient.address"):
            return Refused(f"shipbob: {words}", field=field, code="address")
    if told:
        field, words = next(iter(told.items()))
        return Refused(f"shipbob: {words}", field=field, code=f"http_{response.status_code}")
    return plain_refusal(response)


def _fields(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    if not isinstance(body, dict) or response.status_code in {401, 403}:
        return {}
    errors = body.get("errors", body)
    return {name: words[0] for name, words in errors.items() if isinstance(words, list) and words}
