"""EasyPost: a shipment comes with rates, buying one of them makes it a label, refunding the shipment voids it.

A shipment is bought once, and a second purchase of it is refused by name; but every question for rates makes another
shipment. All of them carry our reference, by which a purchase of unknown outcome is found among the bought ones.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import BaseModel, Field, SecretStr

from connectors.errors import ConnectorError, OutcomeUnknown, Refused
from connectors.labels.link import label_file
from connectors.parcels.customs import refuse_without_customs
from connectors.parcels.measures import inches, ounces, sides_mm
from connectors.parcels.refused_addresses import refused_destination
from connectors.protocols import Capabilities, Carrier, Label, ShipmentRequest
from connectors.settings import ConnectorSettings
from connectors.transport.http import HttpClient, answer_of
from orderflow.address import Address
from orderflow.money import Money
from orderflow.shipping.rate import Parcel, Rate, speed_of

LABEL_HOSTS = re.compile(r"easypost-files\.s3[\w.-]*\.amazonaws\.com")
PAGE_SIZE = 100
MOST_PAGES = 20
# An offer that does not say how long it takes is counted as slower than any that does.
DAYS_UNSAID = 8

_REFUNDED = {"submitted", "refunded"}
_BOUGHT_BEFORE = "SHIPMENT.POSTAGE.EXISTS"
_UNDECIDED = {"SHIPMENT.PURCHASE.IN_PROGRESS", "SHIPMENT.POSTAGE.TIMED_OUT", "SHIPMENT.POSTAGE.NO_RESPONSE"}
_ABOUT_ADDRESS = re.compile(r"\baddress|\b(un)?deliverable|\bpostal code|\bzip\b", re.IGNORECASE)
_ADDRESS_FIELDS = {"line1": "street1", "line2": "street2", "region": "state", "postal_code": "zip"}
_OWN_ACCOUNTS = {"upsdap": "ups", "fedexdefault": "fedex", "dhlexpress": "dhl"}


class Settings(ConnectorSettings):
    """One EasyPost account; a test key makes every label a free sample."""

    service = "easypost"

    api_key: SecretStr = Field(validation_alias="EASYPOST_API_KEY")
    base_url: str = Field(default="https://api.easypost.com/v2", validation_alias="EASYPOST_BASE_URL")


class _Message(BaseModel):
    message: str | None = None


class _Rate(BaseModel):
    id: str
    carrier: str
    service: str
    rate: Decimal
    currency: str
    delivery_days: int | None = None

    def as_rate(self, shipment_id: str) -> Rate:
        days = self.delivery_days or DAYS_UNSAID
        carrier = self.carrier.lower().replace(" ", "_")
        return Rate(
            provider=EasyPostCarrier.code,
            carrier=_OWN_ACCOUNTS.get(carrier, carrier),
            service=self.service,
            speed=speed_of(days),
            cost=Money.of(self.rate, self.currency),
            days=days,
            rate_id=f"{shipment_id}:{self.id}",
        )


class _PostageLabel(BaseModel):
    label_url: str | None = None
    label_pdf_url: str | None = None


class _Tracker(BaseModel):
    public_url: str | None = None


class _Shipment(BaseModel):
    id: str
    reference: str | None = None
    rates: tuple[_Rate, ...] = ()
    messages: tuple[_Message, ...] = ()
    selected_rate: _Rate | None = None
    postage_label: _PostageLabel | None = None
    tracking_code: str | None = None
    tracker: _Tracker | None = None
    refund_status: str | None = None

    @property
    def is_void(self) -> bool:
        return self.refund_status in _REFUNDED


class _Shipments(BaseModel):
    shipments: tuple[_Shipment, ...]
    has_more: bool = False


class EasyPostCarrier(Carrier):
    """The label platform EasyPost. Links to label files are followed without credentials."""

    code = "easypost"
    capabilities = Capabilities(unique_reference=False, find_by_reference=True)
    Settings = Settings

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        headers = {"Authorization": f"Bearer {settings.api_key.get_secret_value()}"}
        self._base_url = settings.base_url
        self._http = HttpClient(self.code, settings.base_url, headers=headers, explain=_refusal, transport=transport)
        self._files = HttpClient(self.code, settings.base_url, transport=transport)

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()
        await self._files.aclose()

    async def rate(self, request: ShipmentRequest) -> tuple[Rate, ...]:
        """The offers of every carrier account, cheapest first. Raises Refused where none offers for the address."""
        refuse_without_customs(request)
        order = {"shipment": _shipment(request)}
        shipment = answer_of(await self._http.read("POST", "shipments", json=order), _Shipment)
        told = "; ".join(message.message for message in shipment.messages if message.message)
        if not shipment.rates and _ABOUT_ADDRESS.search(told):
            raise refused_destination(told)
        return tuple(sorted((rate.as_rate(shipment.id) for rate in shipment.rates), key=lambda rate: rate.cost.amount))

    async def buy(self, request: ShipmentRequest, rate: Rate) -> Label:
        """Buys the shipment at the rate; the label it has already, if it was bought before."""
        refuse_without_customs(request)
        shipment_id, _, rate_id = rate.rate_id.partition(":")
        try:
            response = await self._http.write("POST", f"{_path(shipment_id)}/buy", json={"rate": {"id": rate_id}})
        except Refused as refusal:
            if refusal.code != _BOUGHT_BEFORE:
                raise
            return await self._bought(await self._get(shipment_id))
        return await self._bought(answer_of(response, _Shipment))

    async def find_by_reference(self, reference: str) -> Label | None:
        """The newest bought shipment with this reference that was not refunded, out of the newest 2,000.

        Raises OutcomeUnknown where there are more: an older one could be it.
        """
        query: dict[str, Any] = {"purchased": "true", "page_size": PAGE_SIZE}
        for _ in range(MOST_PAGES):
            page = answer_of(await self._http.read("GET", "shipments", params=query), _Shipments)
            matches = (item for item in page.shipments if item.reference == reference and not item.is_void)
            if found := next(matches, None):
                return await self._bought(found)
            if not page.has_more or not page.shipments:
                return None
            query["before_id"] = page.shipments[-1].id
        raise OutcomeUnknown(f"{reference} is not among the newest {MOST_PAGES * PAGE_SIZE} labels at EasyPost")

    async def void(self, provider_reference: str) -> bool:
        """Asks for the refund; True once it is accepted, though the money may come back weeks later."""
        try:
            response = await self._http.write("POST", f"{_path(provider_reference)}/refund", json={})
        except Refused as refusal:
            if refusal.code == "credentials":
                raise
            return await self._is_refunded(provider_reference)
        return answer_of(response, _Shipment).is_void

    async def _is_refunded(self, shipment_id: str) -> bool:
        """Whether an earlier refund is why another one is refused."""
        try:
            return (await self._get(shipment_id)).is_void
        except Refused:
            return False

    async def _get(self, shipment_id: str) -> _Shipment:
        return answer_of(await self._http.read("GET", _path(shipment_id)), _Shipment)

    async def _bought(self, shipment: _Shipment) -> Label:
        if shipment.is_void:
            raise Refused(f"the label of {shipment.id} was voided", code="reference_used")
        if shipment.selected_rate is None or not shipment.tracking_code:
            raise OutcomeUnknown(f"EasyPost shows no label of {shipment.id} yet")
        files = shipment.postage_label or _PostageLabel()
        link = files.label_pdf_url or files.label_url or ""
        rate = shipment.selected_rate.as_rate(shipment.id)
        return Label(
            provider=self.code,
            provider_reference=shipment.id,
            carrier=rate.carrier,
            service=rate.service,
            tracking_number=shipment.tracking_code,
            cost=rate.cost,
            document=await label_file(self._files, link, home=self._base_url, elsewhere=LABEL_HOSTS),
            document_url=link,
            tracking_url=(shipment.tracker or _Tracker()).public_url or "",
        )


def _path(shipment_id: str) -> str:
    return f"shipments/{quote(shipment_id, safe='')}"


def _shipment(request: ShipmentRequest) -> dict[str, Any]:
    return {
        "from_address": _address(request.origin),
        "to_address": _address(request.destination),
        "parcel": _parcel(request.parcel),
        "reference": request.reference,
        "options": {"label_format": "PDF", "label_size": "4x6", "invoice_number": request.order_number[:50]},
    }


def _address(address: Address) -> dict[str, str]:
    told = address.model_dump(exclude={"latitude", "longitude"})
    return {_ADDRESS_FIELDS.get(name, name): text for name, text in told.items() if text}


def _parcel(parcel: Parcel) -> dict[str, float]:
    sides = zip(("length", "width", "height"), sides_mm(parcel), strict=True)
    return {"weight": float(ounces(parcel.weight_grams)), **{name: float(inches(side)) for name, side in sides}}


def _refusal(response: httpx.Response) -> ConnectorError:
    """What a 4xx means; the entries of `errors` are objects with a field, or bare texts."""
    if response.status_code in {401, 403}:
        return Refused(f"EasyPost refuses the API key ({response.status_code})", code="credentials")
    try:
        error = response.json()["error"]
        code, faults = str(error["code"]), list(_faults(error))
    except (ValueError, KeyError, TypeError):
        return Refused(f"EasyPost answered {response.status_code}: {response.text[:200]}")
    if code in _UNDECIDED:
        return OutcomeUnknown(f"EasyPost has not decided: {code}")
    field, text = next((fault for fault in faults if fault[0].startswith("to_address")), faults[0])
    if code.startswith("ADDRESS.") or field.startswith("to_address") or _ABOUT_ADDRESS.search(text):
        return refused_destination(text, field)
    return Refused(text, field=field, code="not_found" if response.status_code == 404 else code)


def _faults(error: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Field and text of every fault; the message as a whole comes last."""
    for fault in error.get("errors") or []:
        told = fault if isinstance(fault, dict) else {"message": fault}
        yield str(told.get("field") or ""), str(told.get("message") or "")
    yield "", str(error.get("message") or "EasyPost gave no reason")
