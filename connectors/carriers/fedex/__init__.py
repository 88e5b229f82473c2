"""FedEx: Ship API v1 under OAuth, billed to the shop's own account.

FedEx sells again when asked again, and cannot be asked what it sold. But it bills a label only when the parcel is
handed over, so a purchase of unknown outcome is simply made again; the label nobody uses costs nothing.
"""

import re
from uuid import NAMESPACE_URL, uuid5

import httpx
from pydantic import Field, SecretStr

from connectors.carriers.fedex.answers import CancelAnswer, QuotesAnswer, ShipAnswer, refusal_of
from connectors.carriers.fedex.orders import cancel_order, quotes_question, ship_order
from connectors.carriers.fedex.tracking import TrackAnswer, track_question
from connectors.errors import OutcomeUnknown, Refused
from connectors.parcels.customs import customs_of
from connectors.protocols import Capabilities, Carrier, Label, ShipmentRequest, TrackedParcel
from connectors.settings import ConnectorSettings
from connectors.transport.access_tokens import BearerAuth, KeptToken, Token, fetch_token
from connectors.transport.http import HttpClient, answer_of
from orderflow.shipping.rate import Rate
from orderflow.shipping.tracking import TrackingUpdate

_CANCELED_BEFORE = re.compile(r"already.{0,20}(cancel|delete)", re.IGNORECASE)


class Settings(ConnectorSettings):
    """One project at FedEx ("API key" and "secret key"), and the nine-digit account that is billed."""

    service = "fedex"

    client_id: SecretStr = Field(validation_alias="FEDEX_CLIENT_ID")
    client_secret: SecretStr = Field(validation_alias="FEDEX_CLIENT_SECRET")
    account_number: str = Field(validation_alias="FEDEX_ACCOUNT_NUMBER")
    base_url: str = Field(default="https://apis.fedex.com", validation_alias="FEDEX_BASE_URL")


class FedExCarrier(Carrier):
    """Federal Express, directly."""

    code = "fedex"
    capabilities = Capabilities(unique_reference=False, find_by_reference=False, orphan_is_billed=False)
    Settings = Settings

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._settings = settings
        self._account = settings.account_number
        self._entrance = HttpClient(self.code, settings.base_url, transport=transport)
        signed = BearerAuth(KeptToken(self._sign_in))
        headers = {"x-locale": "en_US"}
        self._http = HttpClient(
            self.code, settings.base_url, headers=headers, auth=signed, explain=refusal_of, transport=transport
        )

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()
        await self._entrance.aclose()

    async def rate(self, request: ShipmentRequest) -> tuple[Rate, ...]:
        """Every service FedEx offers for this parcel at the account's prices, with its days in transit."""
        question = quotes_question(request, customs_of(request), self._account)
        answer = answer_of(await self._http.read("POST", "rate/v1/rates/quotes", json=question), QuotesAnswer)
        return tuple(sorted(answer.as_rates(), key=lambda rate: rate.cost.amount))

    async def buy(self, request: ShipmentRequest, rate: Rate) -> Label:
        """Ships with the rate's service, with the shipment's reference printed on the label."""
        order = ship_order(request, customs_of(request), rate, self._account)
        # FedEx echoes this number and does nothing else with it; it finds the call in both sides' logs.
        headers = {"x-customer-transaction-id": str(uuid5(NAMESPACE_URL, f"orderflow:shipment:{request.reference}"))}
        response = await self._http.write("POST", "ship/v1/shipments", json=order, headers=headers)
        return answer_of(response, ShipAnswer).as_label(rate)

    async def find_by_reference(self, reference: str) -> Label | None:
        """Raises OutcomeUnknown: the Ship API looks up no labels."""
        raise OutcomeUnknown(f"FedEx cannot be asked for the label of {reference}")

    async def void(self, provider_reference: str) -> bool:
        """Cancels the shipment; one that FedEx says was canceled before counts as void."""
        order = cancel_order(provider_reference, self._account)
        try:
            response = await self._http.write("PUT", "ship/v1/shipments/cancel", json=order)
        except Refused as refusal:
            if refusal.code == "credentials":
                raise
            return _CANCELED_BEFORE.search(f"{refusal.code} {refusal}") is not None
        return answer_of(response, CancelAnswer).output.cancelled_shipment

    async def track(self, parcel: TrackedParcel) -> TrackingUpdate | None:
        """Where the parcel is; None while FedEx does not find its number."""
        question = track_question(parcel.tracking_number)
        answer = answer_of(await self._http.read("POST", "track/v1/trackingnumbers", json=question), TrackAnswer)
        return answer.as_update(parcel.tracking_number)

    async def _sign_in(self) -> Token:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._settings.client_id.get_secret_value(),
            "client_secret": self._settings.client_secret.get_secret_value(),
        }
        return await fetch_token(self._entrance, "oauth/token", Token, data=form)
