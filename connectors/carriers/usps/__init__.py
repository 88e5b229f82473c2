"""USPS APIs v3: shipping options are rates, a label is postage that leaves the payment account at once.

1. An OAuth token opens every call, a payment authorization besides those that touch postage.
2. A label is bought with a UUID made of our reference as `X-Idempotency-Key`. It guards against nothing: the same key
   buys again. But it is the handle by which a label is printed again, and so found, after an unknown answer.
3. A label's answer is multipart: its metadata as JSON, its image as base64. An error's is plain JSON.
"""

from datetime import UTC, date, datetime
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

import httpx
from pydantic import BaseModel, Field, SecretStr

from connectors.carriers.usps.answers import (
    CANCELED,
    NEVER_BOUGHT,
    CancelAnswer,
    OptionsAnswer,
    bought_label,
    refusal_of,
)
from connectors.carriers.usps.orders import Payer, image_order, label_order, options_question
from connectors.carriers.usps.tracking import TrackingAnswer
from connectors.errors import Refused
from connectors.protocols import Capabilities, Carrier, Label, ShipmentRequest, TrackedParcel
from connectors.settings import ConnectorSettings
from connectors.transport.access_tokens import BearerAuth, KeptToken, Token, fetch_token
from connectors.transport.http import HttpClient, answer_of
from orderflow.shipping.rate import Rate
from orderflow.shipping.tracking import TrackingUpdate

# USPS does not say in its answer how long a payment authorization holds; it is asked for anew within the hour.
PAYMENT_TOKEN_SECONDS = 3000.0


class Settings(ConnectorSettings):
    """One USPS business account: its application, its registration and mailer ids, and who pays the postage."""

    service = "usps"

    client_id: SecretStr = Field(validation_alias="USPS_CLIENT_ID")
    client_secret: SecretStr = Field(validation_alias="USPS_CLIENT_SECRET")
    customer_registration_id: str = Field(validation_alias="USPS_CRID")
    mailer_id: str = Field(validation_alias="USPS_MID")
    manifest_mailer_id: str = Field(default="", validation_alias="USPS_MANIFEST_MID")
    account_number: str = Field(validation_alias="USPS_ACCOUNT_NUMBER")
    account_type: str = Field(default="EPS", validation_alias="USPS_ACCOUNT_TYPE")
    base_url: str = Field(default="https://apis.usps.com", validation_alias="USPS_BASE_URL")

    def payer(self) -> Payer:
        """Who pays, as the requests name it."""
        return Payer(
            customer_registration_id=self.customer_registration_id,
            mailer_id=self.mailer_id,
            manifest_mailer_id=self.manifest_mailer_id or self.mailer_id,
            account_type=self.account_type,
            account_number=self.account_number,
        )


class _PaymentAuthorization(BaseModel):
    token: SecretStr = Field(validation_alias="paymentAuthorizationToken")


class UspsCarrier(Carrier):
    """The United States Postal Service, directly."""

    code = "usps"
    capabilities = Capabilities(unique_reference=False, find_by_reference=True)
    Settings = Settings

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._settings = settings
        self._payer = settings.payer()
        self._entrance = HttpClient(self.code, settings.base_url, transport=transport)
        signed = BearerAuth(KeptToken(self._sign_in))
        self._http = HttpClient(self.code, settings.base_url, auth=signed, explain=refusal_of, transport=transport)
        self._payment = KeptToken(self._authorize_payment)

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()
        await self._entrance.aclose()

    async def rate(self, request: ShipmentRequest) -> tuple[Rate, ...]:
        """The mail classes for the shop's own packaging at its prices, cheapest first; none to other countries.

        USPS sells international labels by another API; platforms that use it are asked for those.
        """
        if _leaves_the_country(request):
            return ()
        question = options_question(request, self._payer, _mailing_date())
        answer = answer_of(await self._http.read("POST", "shipments/v3/options/search", json=question), OptionsAnswer)
        return tuple(sorted(answer.as_rates(), key=lambda rate: rate.cost.amount))

    async def buy(self, request: ShipmentRequest, rate: Rate) -> Label:
        """Buys a label of the rate's mail class, under the key of the shipment's reference."""
        if _leaves_the_country(request):
            raise Refused("USPS sells no domestic label abroad", field="destination.country", code="no_service")
        headers = await self._paid_headers() | _key(request.reference)
        order = label_order(request, rate, _mailing_date())
        return bought_label(await self._http.write("POST", "labels/v3/label", json=order, headers=headers))

    async def find_by_reference(self, reference: str) -> Label | None:
        """The label bought under the key of this reference, printed again.

        Asked only once: USPS prints a label again three times at most, within seven days of its mailing date.
        """
        headers = await self._paid_headers() | _key(reference)
        try:
            response = await self._http.write("POST", "labels/v3/label-reprint", json=image_order(), headers=headers)
        except Refused as refusal:
            if refusal.code in {NEVER_BOUGHT, CANCELED}:
                return None
            raise
        return bought_label(response)

    async def void(self, provider_reference: str) -> bool:
        """Cancels the label. A refusal is looked into: a label that was canceled before counts as void."""
        path = quote(provider_reference, safe="")
        headers = await self._paid_headers()
        try:
            response = await self._http.write("DELETE", f"labels/v3/label/{path}", headers=headers)
        except Refused as refusal:
            if refusal.code == "credentials":
                raise
            return await self._is_canceled(path, headers)
        return answer_of(response, CancelAnswer).status == "CANCELED"

    async def track(self, parcel: TrackedParcel) -> TrackingUpdate | None:
        """Where the parcel is; None while USPS knows nothing of its number."""
        path = f"tracking/v3/tracking/{quote(parcel.tracking_number, safe='')}"
        try:
            response = await self._http.read("GET", path, params={"expand": "DETAIL"})
        except Refused as refusal:
            if refusal.code != "not_found":
                raise
            return None
        return answer_of(response, TrackingAnswer).as_update()

    async def _is_canceled(self, path: str, headers: dict[str, str]) -> bool:
        try:
            await self._http.write("POST", f"labels/v3/label-reprint/{path}", json=image_order(), headers=headers)
        except Refused as refusal:
            return refusal.code == CANCELED
        return False

    async def _sign_in(self) -> Token:
        body = {
            "client_id": self._settings.client_id.get_secret_value(),
            "client_secret": self._settings.client_secret.get_secret_value(),
            "grant_type": "client_credentials",
        }
        return await fetch_token(self._entrance, "oauth2/v3/token", Token, json=body)

    async def _authorize_payment(self) -> Token:
        path, roles = "payments/v3/payment-authorization", self._payer.roles()
        authorization = await fetch_token(self._http, path, _PaymentAuthorization, json=roles)
        return Token(access_token=authorization.token, expires_in=PAYMENT_TOKEN_SECONDS)

    async def _paid_headers(self) -> dict[str, str]:
        return {"X-Payment-Authorization-Token": await self._payment.current()}


def _leaves_the_country(request: ShipmentRequest) -> bool:
    return request.origin.country != request.destination.country


def _key(reference: str) -> dict[str, str]:
    """The key must be a UUID; the same reference gives the same one."""
    return {"X-Idempotency-Key": str(uuid5(NAMESPACE_URL, f"orderflow:shipment:{reference}"))}


def _mailing_date() -> date:
    """Today in UTC, which is never yesterday anywhere USPS has post offices but Guam and Saipan."""
    return datetime.now(UTC).date()
