"""A warehouse's own API: pick lists and shipping requirements in, progress and stock levels out.

The surface is ours, for warehouse management systems that have none of their own; docs/fulfillment.md describes it.
A request carries the shipment's id as `Idempotency-Key`, and the warehouse makes one job of one reference.
"""

from collections.abc import Mapping
from typing import Any

import httpx
from pydantic import BaseModel, Field, SecretStr

from connectors.documents import read_document
from connectors.errors import Refused
from connectors.protocols import (
    Capabilities,
    FulfillmentPartner,
    FulfillmentRequest,
    PartnerOrder,
    PartnerParcel,
    Stage,
    WebhookNotice,
)
from connectors.protocols.partner_news import NewsSender
from connectors.reading import read_as
from connectors.settings import ConnectorSettings
from connectors.transport.http import HttpClient, answer_of, plain_refusal
from connectors.transport.standard_webhooks import check_delivery
from orderflow.inventory import StockLevel

_STAGES = {
    "received": Stage.REQUESTED,
    "confirmed": Stage.ACCEPTED,
    "picked": Stage.PICKED,
    "packed": Stage.PACKED,
    "shipped": Stage.SHIPPED,
    "rejected": Stage.REJECTED,
    "cancelled": Stage.CANCELLED,
}


class Settings(ConnectorSettings):
    """Where the warehouse's API is, path included, and its token."""

    service = "warehouse"

    url: str = Field(validation_alias="WAREHOUSE_API_URL")
    token: SecretStr = Field(validation_alias="WAREHOUSE_API_TOKEN")
    webhook_secret: SecretStr = Field(SecretStr(""), validation_alias="WAREHOUSE_WEBHOOK_SECRET")


class _Shortage(BaseModel):
    sku: str
    quantity: int


class _Parcel(BaseModel):
    carrier: str
    service: str = ""
    tracking_number: str
    tracking_url: str = ""


class _Job(BaseModel):
    id: str
    state: str
    reason: str = ""
    shortages: tuple[_Shortage, ...] = ()
    parcel: _Parcel | None = None

    def told(self) -> PartnerOrder:
        """The job in our words; a state nobody knows yet is taken for one on the way."""
        return PartnerOrder(
            provider_reference=self.id,
            stage=_STAGES.get(self.state, Stage.ACCEPTED),
            parcel=PartnerParcel(**self.parcel.model_dump()) if self.parcel else None,
            refused=tuple((one.sku, one.quantity) for one in self.shortages),
            reason=self.reason,
        )


class _Found(BaseModel):
    requests: tuple[_Job, ...]


class _Level(BaseModel):
    warehouse: str
    sku: str
    variant: str = ""
    on_hand: int


class _Levels(BaseModel):
    levels: tuple[_Level, ...]
    next: str = ""


class _Event(BaseModel):
    reference: str = Field(min_length=1)
    state: str = ""


class Warehouse(FulfillmentPartner, NewsSender):
    """The warehouse of these settings."""

    code = "warehouse"
    capabilities = Capabilities(unique_reference=True, find_by_reference=True, orphan_is_billed=False, tracks=False)
    Settings = Settings

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._webhook_secret = settings.webhook_secret.get_secret_value()
        headers = {"Authorization": f"Bearer {settings.token.get_secret_value()}"}
        self._http = HttpClient(self.code, settings.url, headers=headers, explain=_refusal, transport=transport)

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()

    async def request(self, request: FulfillmentRequest) -> PartnerOrder:
        """Sends the pick list and what must be done with it."""
        headers = {"Idempotency-Key": request.reference}
        answer = await self._http.write("POST", "fulfillment-requests", json=_document(request), headers=headers)
        return answer_of(answer, _Job).told()

    async def find_by_reference(self, reference: str) -> PartnerOrder | None:
        """The job made of this reference."""
        answer = await self._http.read("GET", "fulfillment-requests", params={"reference": reference})
        found = answer_of(answer, _Found).requests
        return found[0].told() if found else None

    async def status(self, provider_reference: str) -> PartnerOrder:
        """How far the warehouse is."""
        return answer_of(await self._http.read("GET", f"fulfillment-requests/{provider_reference}"), _Job).told()

    async def cancel(self, provider_reference: str) -> bool:
        """Calls the job off, unless it is picked."""
        try:
            answer = await self._http.write("POST", f"fulfillment-requests/{provider_reference}/cancel")
        except Refused as refusal:
            if refusal.code == "already_picked":
                return False
            raise
        return answer_of(answer, _Job).told().stage is Stage.CANCELLED

    async def stock_levels(self) -> tuple[StockLevel, ...]:
        """What lies in each building, page by page."""
        levels: list[StockLevel] = []
        cursor = ""
        while True:
            params = {"cursor": cursor} if cursor else {}
            page = answer_of(await self._http.read("GET", "stock", params=params), _Levels)
            levels += [
                StockLevel(location=one.warehouse, sku=one.sku, variant=one.variant, on_hand=one.on_hand)
                for one in page.levels
            ]
            cursor = page.next
            if not cursor:
                return tuple(levels)

    async def verify(self, headers: Mapping[str, str], body: bytes, token: str) -> None:
        """By Standard Webhooks."""
        check_delivery(self._webhook_secret, headers, body, variable="WAREHOUSE_WEBHOOK_SECRET")

    def notice(self, headers: Mapping[str, str], body: bytes) -> WebhookNotice:
        """The job that moved."""
        event = read_as(_Event, read_document(body))
        return WebhookNotice(event.state or "moved", headers.get("webhook-id", ""), event.reference)

    def references(self, document: Any) -> tuple[str, ...]:
        """The job it tells of."""
        return (read_as(_Event, document).reference,)


def _document(request: FulfillmentRequest) -> dict[str, Any]:
    to, shipping = request.destination, request.shipping
    return {
        "reference": request.reference,
        "order_number": request.order_number,
        "warehouse": request.place,
        "pick_list": [
            {
                "line": line.line_no,
                "sku": line.sku,
                "variant": line.variant,
                "title": line.title,
                "quantity": line.quantity,
            }
            for line in request.lines
        ],
        "ship_to": to.model_dump(exclude={"latitude", "longitude"}),
        "shipping": {
            "speed": shipping.speed.value,
            "gift_wrap": shipping.gift_wrap,
            "services": list(shipping.services),
            "label_format": shipping.label_format,
            "deliver_by": shipping.deliver_by.isoformat() if shipping.deliver_by else None,
        },
    }


def _refusal(response: httpx.Response) -> Refused:
    """What a 4xx means: the warehouse tells code, words and field."""
    try:
        told = response.json()["error"]
        return Refused(told["message"], field=told.get("field", ""), code=told["code"])
    except (ValueError, KeyError, TypeError):
        return plain_refusal(response)
