"""Shippo: shipments give rates, a transaction on a rate is a label, a refund is a void.

Shippo sells again when asked again. The reference travels in the transaction's `metadata`, by which a purchase of
unknown outcome is found. A failed purchase is answered 201 with status ERROR.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import BaseModel, Field, SecretStr

from connectors.errors import OutcomeUnknown, Refused
from connectors.labels.link import label_file
from connectors.protocols import Capabilities, Carrier, Label, ShipmentRequest
from connectors.settings import ConnectorSettings
from connectors.transport.http import HttpClient, answer_of
from orderflow.address import Address
from orderflow.money import Money
from orderflow.shipping.rate import Rate, speed_of

API_VERSION = "2018-02-08"
LABEL_HOSTS = re.compile(r"[\w-]+\.goshippo\.com|shippo-[\w-]+\.s3[\w.-]*\.amazonaws\.com")
PAGE_SIZE = 100
MOST_PAGES = 20
# A service that does not say how long it takes is counted as slower than any that does for its neighbours.
DAYS_UNSAID = 8

_ADDRESS_FIELDS = ("name", "company", "line1", "line2", "city", "region", "postal_code", "country", "phone")
_THEIR_NAMES = {"line1": "street1", "line2": "street2", "region": "state", "postal_code": "zip"}
_OUR_NAMES = {theirs: ours for ours, theirs in _THEIR_NAMES.items()}
_ABOUT_ADDRESS = re.compile(r"\b(address|street|city|state|zip|postal|postcode|(un)?deliverable)\b", re.IGNORECASE)


class Settings(ConnectorSettings):
    """One Shippo account; a test token makes every label a free sample."""

    service = "shippo"

    token: SecretStr = Field(validation_alias="SHIPPO_API_TOKEN")
    base_url: str = Field(default="https://api.goshippo.com", validation_alias="SHIPPO_BASE_URL")


class _Message(BaseModel):
    text: str | None = None


class _Service(BaseModel):
    token: str


class _Rate(BaseModel):
    object_id: str
    amount: Decimal
    currency: str
    provider: str
    servicelevel: _Service
    estimated_days: int | None = None

    def as_rate(self) -> Rate:
        days = self.estimated_days or DAYS_UNSAID
        return Rate(
            provider=ShippoCarrier.code,
            carrier=self.provider.lower().replace(" ", "_"),
            service=self.servicelevel.token,
            speed=speed_of(days),
            cost=Money.of(self.amount, self.currency),
            days=days,
            rate_id=self.object_id,
        )


class _Shipment(BaseModel):
    rates: tuple[_Rate, ...] = ()
    messages: tuple[_Message, ...] = ()


class _Reference(BaseModel):
    object_id: str


class _Transaction(BaseModel):
    object_id: str
    status: str
    rate: str | _Reference | None = None
    tracking_number: str | None = None
    tracking_url_provider: str | None = None
    label_url: str | None = None
    metadata: str | None = None
    messages: tuple[_Message, ...] = ()


class _Transactions(BaseModel):
    results: tuple[_Transaction, ...]
    next: str | None = None


class _Refund(BaseModel):
    status: str


class ShippoCarrier(Carrier):
    """The label platform Shippo. `http` speaks to the API, `files` follows links to labels without credentials."""

    code = "shippo"
    capabilities = Capabilities(unique_reference=False, find_by_reference=True, orphan_is_billed=True)
    Settings = Settings

    def __init__(self, settings: Settings, http: HttpClient | None = None, files: HttpClient | None = None) -> None:
        token = f"ShippoToken {settings.token.get_secret_value()}"
        headers = {"Authorization": token, "SHIPPO-API-VERSION": API_VERSION}
        self._base_url = settings.base_url
        self._http = http or HttpClient(self.code, settings.base_url, headers=headers, explain=_refusal)
        self._files = files or HttpClient(self.code, settings.base_url)

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()
        await self._files.aclose()

    async def rate(self, request: ShipmentRequest) -> tuple[Rate, ...]:
        """The offers of every carrier account, cheapest first. Raises Refused where none offers for the address."""
        shipment = answer_of(await self._http.read("POST", "shipments", json=_shipment(request)), _Shipment)
        if not shipment.rates and (refusal := _refused(shipment.messages)).code == "address":
            raise refusal
        return tuple(sorted((rate.as_rate() for rate in shipment.rates), key=lambda rate: rate.cost.amount))

    async def buy(self, request: ShipmentRequest, rate: Rate) -> Label:
        """Buys the rate, with the shipment's reference as metadata."""
        order = {"rate": rate.rate_id, "metadata": request.reference, "label_file_type": "PDF_4x6", "async": False}
        transaction = answer_of(await self._http.write("POST", "transactions", json=order), _Transaction)
        if transaction.status == "ERROR":
            raise _refused(transaction.messages)
        if transaction.status != "SUCCESS":
            raise OutcomeUnknown(f"Shippo has the purchase {transaction.object_id} in state {transaction.status}")
        return await self._label(transaction, rate)

    async def find_by_reference(self, reference: str) -> Label | None:
        """The newest label with this metadata that was not refunded, out of the newest 2,000 sold.

        Raises OutcomeUnknown where there are more: an older one could be it.
        """
        for page in range(1, MOST_PAGES + 1):
            query = {"object_status": "SUCCESS", "results": PAGE_SIZE, "page": page}
            listed = answer_of(await self._http.read("GET", "transactions", params=query), _Transactions)
            matches = (item for item in listed.results if item.metadata == reference and item.status == "SUCCESS")
            if found := next(matches, None):
                return await self._label(found, await self._rate_of(found))
            if not listed.next:
                return None
        raise OutcomeUnknown(f"{reference} is not among the newest {MOST_PAGES * PAGE_SIZE} labels at Shippo")

    async def void(self, provider_reference: str) -> bool:
        """Asks for the refund; True once it is accepted, though the money may come back days later."""
        order = {"transaction": provider_reference, "async": False}
        try:
            refund = answer_of(await self._http.write("POST", "refunds", json=order), _Refund)
        except Refused as refusal:
            if refusal.code == "credentials":
                raise
            return await self._is_refunded(provider_reference)
        return refund.status != "ERROR"

    async def _is_refunded(self, transaction_id: str) -> bool:
        """Whether an earlier refund is why another one is refused."""
        try:
            response = await self._http.read("GET", f"transactions/{quote(transaction_id, safe='')}")
        except Refused:
            return False
        return answer_of(response, _Transaction).status in {"REFUNDED", "REFUNDPENDING"}

    async def _rate_of(self, transaction: _Transaction) -> Rate:
        rate_id = transaction.rate.object_id if isinstance(transaction.rate, _Reference) else transaction.rate or ""
        return answer_of(await self._http.read("GET", f"rates/{quote(rate_id, safe='')}"), _Rate).as_rate()

    async def _label(self, transaction: _Transaction, rate: Rate) -> Label:
        link = transaction.label_url or ""
        return Label(
            provider=self.code,
            provider_reference=transaction.object_id,
            carrier=rate.carrier,
            service=rate.service,
            tracking_number=transaction.tracking_number or "",
            cost=rate.cost,
            document=await label_file(self._files, link, home=self._base_url, elsewhere=LABEL_HOSTS),
            document_url=link,
            tracking_url=transaction.tracking_url_provider or "",
        )


def _shipment(request: ShipmentRequest) -> dict[str, Any]:
    parcel = request.parcel
    return {
        "address_from": _address(request.origin),
        "address_to": _address(request.destination),
        "parcels": [
            {
                "weight": str(parcel.weight_grams),
                "mass_unit": "g",
                "length": str(parcel.length_mm),
                "width": str(parcel.width_mm),
                "height": str(parcel.height_mm),
                "distance_unit": "mm",
            }
        ],
        "metadata": request.order_number[:100],
        "async": False,
    }


def _address(address: Address) -> dict[str, str]:
    return {_THEIR_NAMES.get(name, name): text for name in _ADDRESS_FIELDS if (text := getattr(address, name))}


def _refused(messages: Sequence[_Message]) -> Refused:
    """What a failed purchase means; Shippo passes on the carrier's own words."""
    text = "; ".join(message.text for message in messages if message.text) or "Shippo gave no reason"
    if _ABOUT_ADDRESS.search(text):
        return Refused(text, field="destination", code="address")
    return Refused(text)


def _refusal(response: httpx.Response) -> Refused:
    """What a 4xx means: the body holds messages under the names of the fields they are about."""
    if response.status_code in {401, 403}:
        return Refused(f"Shippo refuses the token ({response.status_code})", code="credentials")
    try:
        path, text = next(_faults(response.json()), ((), "no reason given"))
    except ValueError:
        path, text = (), response.text[:200]
    if path[:1] == ("address_to",):
        field = ".".join(["destination", *(_OUR_NAMES.get(name, name) for name in path[1:])])
        return Refused(text, field=field, code="address")
    return Refused(text, field=".".join(path), code="not_found" if response.status_code == 404 else "invalid")


def _faults(body: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every message with the names that lead to it."""
    if isinstance(body, dict):
        for name, inner in body.items():
            yield from _faults(inner, (*path, name))
    elif isinstance(body, list):
        for inner in body:
            yield from _faults(inner, path)
    else:
        yield path, str(body)
