"""DHL Express: MyDHL API 3.1.1, billed to the shop's own account.

DHL sells again when asked again, cannot be asked what it sold, and has no void: a label nobody uses is simply not
handed over. Whether an unused one is billed is for the contract to say, so an unknown outcome is for a person.
"""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid4, uuid5

import httpx
from pydantic import Field, SecretStr

from connectors.carriers.dhl.answers import NOT_OFFERED, RatesAnswer, ShipmentAnswer, refusal_of
from connectors.carriers.dhl.orders import Bill, rates_question, shipment_order
from connectors.carriers.dhl.tracking import TrackingAnswer, tracking_question
from connectors.errors import OutcomeUnknown, Refused
from connectors.parcels.customs import customs_of
from connectors.protocols import Capabilities, Carrier, Label, ShipmentRequest, TrackedParcel
from connectors.settings import ConnectorSettings
from connectors.transport.http import HttpClient, answer_of
from orderflow.shipping.rate import Rate
from orderflow.shipping.tracking import TrackingUpdate

API_VERSION = "3.1.1"
# DHL refuses a shipping time in the past, and the request takes its time to arrive.
SHIPPED_IN = timedelta(hours=1)


class Settings(ConnectorSettings):
    """One application at DHL ("API key" and "API secret", also called user and password), and the billed account."""

    service = "dhl"

    api_key: SecretStr = Field(validation_alias="DHL_API_KEY")
    api_secret: SecretStr = Field(validation_alias="DHL_API_SECRET")
    account_number: str = Field(validation_alias="DHL_ACCOUNT_NUMBER")
    base_url: str = Field(default="https://express.api.dhl.com/mydhlapi", validation_alias="DHL_BASE_URL")


class DhlCarrier(Carrier):
    """DHL Express, directly."""

    code = "dhl"
    capabilities = Capabilities(unique_reference=False, find_by_reference=False, orphan_is_billed=True)
    Settings = Settings

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._account = settings.account_number
        basic = (settings.api_key.get_secret_value(), settings.api_secret.get_secret_value())
        headers = {"x-version": API_VERSION}
        self._http = HttpClient(
            self.code, settings.base_url, headers=headers, auth=basic, explain=refusal_of, transport=transport
        )

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()

    async def rate(self, request: ShipmentRequest) -> tuple[Rate, ...]:
        """Every product DHL offers for this parcel at the account's prices, with its days in transit."""
        query = rates_question(request, customs_of(request), self._account, _shipped_at())
        try:
            response = await self._http.read("GET", "rates", params=query, headers=_message(str(uuid4())))
        except Refused as refusal:
            if refusal.code == NOT_OFFERED:
                return ()
            raise
        return tuple(sorted(answer_of(response, RatesAnswer).as_rates(), key=lambda rate: rate.cost.amount))

    async def buy(self, request: ShipmentRequest, rate: Rate) -> Label:
        """Ships with the rate's product, with the shipment's reference printed on the label."""
        bill = Bill(rate.service, self._account, _shipped_at())
        order = shipment_order(request, customs_of(request), bill)
        message = _message(str(uuid5(NAMESPACE_URL, f"orderflow:shipment:{request.reference}")))
        response = await self._http.write("POST", "shipments", json=order, headers=message)
        return answer_of(response, ShipmentAnswer).as_label(rate)

    async def find_by_reference(self, reference: str) -> Label | None:
        """Raises OutcomeUnknown: the MyDHL API looks up no labels."""
        raise OutcomeUnknown(f"DHL cannot be asked for the label of {reference}")

    async def void(self, provider_reference: str) -> bool:
        """False: the MyDHL API cancels pickups, not shipments."""
        return False

    async def track(self, parcel: TrackedParcel) -> TrackingUpdate | None:
        """Where the parcel is; None while DHL does not find its number."""
        path = f"shipments/{quote(parcel.tracking_number, safe='')}/tracking"
        try:
            response = await self._http.read("GET", path, params=tracking_question(), headers=_message(str(uuid4())))
        except Refused as refusal:
            if refusal.code != "not_found":
                raise
            return None
        return answer_of(response, TrackingAnswer).as_update(parcel.tracking_number)


def _message(reference: str) -> dict[str, str]:
    """The reference DHL echoes and keeps in its logs; 36 characters at most."""
    return {"Message-Reference": reference}


def _shipped_at() -> datetime:
    return datetime.now(UTC) + SHIPPED_IN
