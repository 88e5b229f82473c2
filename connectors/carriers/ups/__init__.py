"""UPS: shipping API 2409 under OAuth, billed to the shop's own account.

UPS sells again when asked again. Our reference is the package's reference number, by which Label Recovery finds a
shipment of unknown outcome; it brings the label and its number, not its price. Arrays of one may come as an object.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
from pydantic import Field, SecretStr

from connectors.carriers.ups.documents import refusal_of
from connectors.carriers.ups.labels import NEVER_BOUGHT, VOIDED, RecoveryAnswer, ShipAnswer, VoidAnswer
from connectors.carriers.ups.orders import rate_question, recovery_question, ship_order
from connectors.carriers.ups.rates import NO_SERVICE, RateAnswer
from connectors.carriers.ups.tracking import NOTHING_KNOWN, TrackAnswer, notice_of, updates_of
from connectors.documents import read_document
from connectors.errors import Refused
from connectors.parcels.customs import customs_of
from connectors.protocols import (
    Capabilities,
    Carrier,
    Label,
    ShipmentRequest,
    TrackedParcel,
    TrackingSender,
    WebhookNotice,
)
from connectors.settings import ConnectorSettings
from connectors.transport.access_tokens import BearerAuth, KeptToken, Token, fetch_token
from connectors.transport.http import HttpClient, answer_of
from connectors.transport.signatures import check_token, split_secrets
from orderflow.shipping.rate import Rate
from orderflow.shipping.tracking import TrackingUpdate

VERSION = "v2409"


class Settings(ConnectorSettings):
    """One application at UPS, and the six-character account that is billed."""

    service = "ups"

    client_id: SecretStr = Field(validation_alias="UPS_CLIENT_ID")
    client_secret: SecretStr = Field(validation_alias="UPS_CLIENT_SECRET")
    account_number: str = Field(validation_alias="UPS_ACCOUNT_NUMBER")
    webhook_token: SecretStr = Field(default=SecretStr(""), validation_alias="UPS_WEBHOOK_TOKEN")
    base_url: str = Field(default="https://onlinetools.ups.com", validation_alias="UPS_BASE_URL")


class UpsCarrier(Carrier, TrackingSender):
    """United Parcel Service, directly."""

    code = "ups"
    capabilities = Capabilities(unique_reference=False, find_by_reference=True)
    Settings = Settings

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._account = settings.account_number
        self._tokens = split_secrets(settings.webhook_token.get_secret_value())
        basic = (settings.client_id.get_secret_value(), settings.client_secret.get_secret_value())
        self._entrance = HttpClient(self.code, settings.base_url, auth=basic, transport=transport)
        signed = BearerAuth(KeptToken(self._sign_in))
        self._http = HttpClient(self.code, settings.base_url, auth=signed, explain=refusal_of, transport=transport)

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()
        await self._entrance.aclose()

    async def rate(self, request: ShipmentRequest) -> tuple[Rate, ...]:
        """Every service UPS offers for this parcel at the account's prices, with its days in transit."""
        customs_of(request)
        query = {"additionalinfo": "timeintransit"}
        question = rate_question(request, self._account)
        try:
            response = await self._http.read(
                "POST", f"api/rating/{VERSION}/Shop", params=query, json=question, headers=_headers()
            )
        except Refused as refusal:
            if refusal.code in NO_SERVICE:
                return ()
            raise
        return tuple(sorted(answer_of(response, RateAnswer).as_rates(), key=lambda rate: rate.cost.amount))

    async def buy(self, request: ShipmentRequest, rate: Rate) -> Label:
        """Ships with the rate's service, with the shipment's reference as first reference number."""
        order = ship_order(request, customs_of(request), rate, self._account)
        response = await self._http.write("POST", f"api/shipments/{VERSION}/ship", json=order, headers=_headers())
        return answer_of(response, ShipAnswer).as_label(rate)

    async def find_by_reference(self, reference: str) -> Label | None:
        """The label shipped under this reference, without its price; None where it was never shipped or is void."""
        try:
            return (await self._recovered(recovery_question(reference, self._account))).as_label()
        except Refused as refusal:
            if refusal.code in {NEVER_BOUGHT, VOIDED}:
                return None
            raise

    async def void(self, provider_reference: str) -> bool:
        """Voids the shipment. A refusal is looked into: a shipment that was voided before counts as void."""
        path = f"api/shipments/{VERSION}/void/cancel/{quote(provider_reference, safe='')}"
        try:
            response = await self._http.write("DELETE", path, headers=_headers())
        except Refused as refusal:
            if refusal.code == "credentials":
                raise
            return await self._is_void(provider_reference)
        return answer_of(response, VoidAnswer).is_void

    async def track(self, parcel: TrackedParcel) -> TrackingUpdate | None:
        """Where the parcel is; None while UPS knows nothing of its number."""
        path = f"api/track/v1/details/{quote(parcel.tracking_number, safe='')}"
        try:
            response = await self._http.read("GET", path, params={"locale": "en_US"}, headers=_headers())
        except Refused as refusal:
            if refusal.code in NOTHING_KNOWN:
                return None
            raise
        return answer_of(response, TrackAnswer).as_update(parcel.tracking_number)

    async def verify(self, headers: Mapping[str, str], body: bytes, token: str) -> None:
        """Returns for a Track Alert to the secret address; raises SignatureRefused for everything else."""
        check_token(self._tokens, token, variable="UPS_WEBHOOK_TOKEN")

    def notice(self, headers: Mapping[str, str], body: bytes) -> WebhookNotice | None:
        """What the alert is about."""
        return notice_of(read_document(body))

    def updates(self, document: Any) -> tuple[TrackingUpdate, ...]:
        """What the alert says of its parcel."""
        return updates_of(document)

    async def _is_void(self, tracking_number: str) -> bool:
        try:
            await self._recovered({"TrackingNumber": tracking_number})
        except Refused as refusal:
            return refusal.code == VOIDED
        return False

    async def _recovered(self, what: dict[str, Any]) -> RecoveryAnswer:
        question = {"LabelRecoveryRequest": {"Request": {}, **what}}
        response = await self._http.read("POST", "api/labels/v1/recovery", json=question, headers=_headers())
        return answer_of(response, RecoveryAnswer)

    async def _sign_in(self) -> Token:
        form = {"grant_type": "client_credentials"}
        return await fetch_token(self._entrance, "security/v1/oauth/token", Token, data=form)


def _headers() -> dict[str, str]:
    """Who asks, and a number by which UPS finds this one call in its logs."""
    return {"transId": uuid4().hex, "transactionSrc": "orderflow"}
