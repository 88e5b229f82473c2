"""Flexport Logistics (once Deliverr): orders created once, called off until they ship, and inventory of its network.

Fields are those of its published models (2023-24). A request carries the shipment's id as `idempotency-key` and as
`externalOrderId`, of which a second one is refused with 409. Flexport chooses the building itself, so its stock is one
place, "network". It knows products by its own `logisticsSku`; a JSON file gives those that differ from ours.
"""

import json
from pathlib import Path
from typing import Any

import httpx
from pydantic import Field, SecretStr, TypeAdapter, ValidationError

from connectors.errors import ConnectorError, NotConfigured, OutcomeUnknown, Refused, TryAgain
from connectors.fulfillment.flexport.answers import Inventory, Order
from connectors.protocols import (
    Capabilities,
    FulfillmentPartner,
    FulfillmentRequest,
    PartnerOrder,
    Stage,
    TrackedParcel,
)
from connectors.settings import ConnectorSettings
from connectors.transport.http import HttpClient, answer_of, plain_refusal, wait_seconds_of
from orderflow.inventory import StockLevel
from orderflow.shipping.tracking import Scan, TrackingStatus, TrackingUpdate, update_of

NETWORK = "network"
PAGE = 100


class Settings(ConnectorSettings):
    """An access token with the scopes of orders and products. `base_url` ends with the version.

    `sku_file` is a JSON object of Flexport's logisticsSku by our SKU.
    """

    service = "flexport"

    token: SecretStr = Field(validation_alias="FLEXPORT_API_TOKEN")
    sku_file: Path | None = Field(None, validation_alias="FLEXPORT_SKU_FILE")
    base_url: str = Field(
        "https://logistics-api.flexport.com/logistics/api/2024-07", validation_alias="FLEXPORT_BASE_URL"
    )

    def logistics_skus(self) -> dict[str, str]:
        """Flexport's SKU by ours. Raises NotConfigured for a file that cannot be read."""
        if self.sku_file is None:
            return {}
        try:
            return TypeAdapter(dict[str, str]).validate_json(self.sku_file.expanduser().read_bytes())
        except (OSError, ValidationError):
            raise NotConfigured("a readable FLEXPORT_SKU_FILE", needed_by=self.service) from None


_PAGE = TypeAdapter(list[Inventory])


class Flexport(FulfillmentPartner):
    """One seller's account."""

    code = "flexport"
    capabilities = Capabilities(unique_reference=True, find_by_reference=True, orphan_is_billed=True)
    Settings = Settings

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        headers = {"Authorization": f"Bearer {settings.token.get_secret_value()}"}
        self._theirs = settings.logistics_skus()
        self._ours = {theirs: ours for ours, theirs in self._theirs.items()}
        self._http = HttpClient(self.code, settings.base_url, headers=headers, explain=_refusal, transport=transport)

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()

    async def request(self, request: FulfillmentRequest) -> PartnerOrder:
        """Creates the order; where Flexport has one of this reference, that is the order."""
        headers = {"idempotency-key": request.reference}
        try:
            answer = await self._http.write("POST", "orders", json=self._document(request), headers=headers)
        except Refused as refusal:
            known = await self.find_by_reference(request.reference) if refusal.code == "http_409" else None
            if known is None:
                raise
            return known
        return answer_of(answer, Order).told()

    async def find_by_reference(self, reference: str) -> PartnerOrder | None:
        """The order of this reference."""
        try:
            answer = await self._http.read("GET", f"orders/external_id/{reference}")
        except Refused as refusal:
            if refusal.code == "http_404":
                return None
            raise
        return answer_of(answer, Order).told()

    async def status(self, provider_reference: str) -> PartnerOrder:
        """How far the network is."""
        return (await self._order(provider_reference)).told()

    async def cancel(self, provider_reference: str) -> bool:
        """Cancels the order; False where it was processed and shipped."""
        try:
            answer = await self._http.write("POST", f"orders/{provider_reference}/cancel")
        except Refused as refusal:
            if refusal.code not in {"http_400", "http_422"}:
                raise
            return (await self.status(provider_reference)).stage is Stage.CANCELLED
        return answer_of(answer, Order).told().stage is Stage.CANCELLED

    async def stock_levels(self) -> tuple[StockLevel, ...]:
        """What lies anywhere in the network, page by page until an empty one."""
        levels: list[StockLevel] = []
        offset = 0
        while page := await self._inventory(offset):
            levels += [
                StockLevel(location=NETWORK, sku=self._ours.get(sku, sku), on_hand=one.on_hand)
                for one in page
                if (sku := one.logistics_sku)
            ]
            offset += len(page)
        return tuple(levels)

    async def track(self, parcel: TrackedParcel) -> TrackingUpdate | None:
        """Whether the parcel was delivered: Flexport tells no more of the way."""
        order = await self._order(parcel.provider_reference)
        if order.delivered_at is None:
            return None
        return update_of(parcel.tracking_number, [Scan(status=TrackingStatus.DELIVERED, at=order.delivered_at)])

    async def _order(self, provider_reference: str) -> Order:
        return answer_of(await self._http.read("GET", f"orders/{provider_reference}"), Order)

    async def _inventory(self, offset: int) -> list[Inventory]:
        params = {"limit": PAGE, "offset": offset}
        answer = await self._http.read("GET", "products/inventory/all", params=params)
        try:
            return _PAGE.validate_json(answer.content)
        except ValidationError:
            raise OutcomeUnknown("flexport lists inventory nobody can read") from None

    def _document(self, request: FulfillmentRequest) -> dict[str, Any]:
        to = request.destination
        address = {
            "name": to.name,
            "company": to.company,
            "address1": to.line1,
            "address2": to.line2,
            "city": to.city,
            "provinceCode": to.region,
            "countryCode": to.country,
            "zip": to.postal_code,
            "phone": to.phone,
        }
        lines = [
            {"logisticsSku": self._theirs.get(line.sku, line.sku), "quantity": line.quantity} for line in request.lines
        ]
        document: dict[str, Any] = {"externalOrderId": request.reference, "lineItems": lines}
        document["address"] = {name: text for name, text in address.items() if text}
        if request.shipping.deliver_by:
            document["promisedDeliveryByTime"] = request.shipping.deliver_by.isoformat()
        return document


def _refusal(response: httpx.Response) -> ConnectorError:
    """What a 4xx means: problem+json (RFC 7807). A locked order (423) is tried again."""
    if response.status_code == httpx.codes.LOCKED:
        return TryAgain("flexport holds the order locked", wait_seconds=wait_seconds_of(response))
    try:
        problem = response.json()
        words = f"{problem['title']}: {problem.get('detail', '')}"
    except (json.JSONDecodeError, KeyError, TypeError):
        return plain_refusal(response)
    if response.status_code in {401, 403}:
        return Refused(words, code="credentials")
    is_address = "address" in words.lower()
    return Refused(words, code="address" if is_address else f"http_{response.status_code}")
