"""What ShipStation answers, read as far as we need it."""

import re
from base64 import b64decode
from datetime import datetime
from decimal import Decimal

import httpx
from pydantic import BaseModel, ValidationError

from connectors.carriers.shipstation.orders import ADDRESS_FIELDS
from connectors.errors import Refused
from connectors.protocols import SoldLabel
from orderflow.money import Money
from orderflow.shipping.rate import Rate, speed_of

# An offer that does not say how long it takes is counted as slower than any that does.
DAYS_UNSAID = 8

_OUR_FIELDS = {theirs: ours for ours, theirs in ADDRESS_FIELDS.items()}
_SHIP_TO = re.compile(r"\bship_to(?:\.(\w+))?")
_INLINE = re.compile(r"data:[\w/.+-]+;base64,")
_POSTAL_CARRIERS = {"stamps_com": "usps", "endicia": "usps"}


class Amount(BaseModel):
    """A price; ShipStation writes currencies in lower case."""

    currency: str
    amount: Decimal

    def as_money(self) -> Money:
        """The price as ours."""
        return Money.of(self.amount, self.currency.upper())


class Fault(BaseModel):
    """One thing that is wrong."""

    error_code: str = "refused"
    message: str = "ShipStation gave no reason"


class Faults(BaseModel):
    """A refusal's body, and part of every answer that failed inside."""

    errors: tuple[Fault, ...] = ()

    def as_refusal(self) -> Refused:
        """The first fault as what a person must mend."""
        fault = next(iter(self.errors), Fault())
        if "external_shipment_id" in fault.message or fault.error_code == "identifier_conflict":
            return Refused(fault.message, field="reference", code="duplicate_reference")
        told = _SHIP_TO.search(fault.message)
        if told or fault.error_code == "invalid_address":
            field = _OUR_FIELDS.get(told.group(1) or "") if told else None
            return Refused(fault.message, field=f"destination.{field}" if field else "destination", code="address")
        return Refused(fault.message, code=fault.error_code)


class RateAnswer(BaseModel):
    """One offer of one carrier account."""

    carrier_id: str
    carrier_code: str
    service_code: str
    shipping_amount: Amount
    insurance_amount: Amount
    confirmation_amount: Amount
    other_amount: Amount
    tax_amount: Amount | None = None
    delivery_days: int | None = None

    def as_rate(self) -> Rate:
        """The offer. Its id is account and service, for a label is ordered with these under our own reference."""
        extras = (self.insurance_amount, self.confirmation_amount, self.other_amount, self.tax_amount)
        days = self.delivery_days or DAYS_UNSAID
        return Rate(
            provider="shipstation",
            carrier=carrier_of(self.carrier_code),
            service=self.service_code,
            speed=speed_of(days),
            cost=sum((extra.as_money() for extra in extras if extra), start=self.shipping_amount.as_money()),
            days=days,
            rate_id=f"{self.carrier_id}:{self.service_code}",
        )


class RateResponse(Faults):
    """The offers, and why some accounts made none."""

    rates: tuple[RateAnswer, ...] = ()


class RatesAnswer(BaseModel):
    """The answer to a question for rates."""

    rate_response: RateResponse


class LabelDownload(BaseModel):
    """The label's file, as a link or as a data URI."""

    href: str = ""
    pdf: str = ""
    png: str = ""
    zpl: str = ""

    @property
    def content(self) -> bytes:
        """The file itself where it came inline and whole, else nothing."""
        try:
            inline = _INLINE.match(self.href)
            return b64decode(self.href[inline.end() :]) if inline else b""
        except ValueError:
            return b""

    @property
    def link(self) -> str:
        """Where the file can be fetched, else nothing."""
        return "" if self.href.startswith("data:") else self.href or self.pdf or self.png or self.zpl


class LabelAnswer(BaseModel):
    """A label as it was created or listed."""

    label_id: str
    status: str
    voided: bool = False
    carrier_code: str
    service_code: str
    tracking_number: str = ""
    tracking_url: str | None = None
    shipment_cost: Amount
    insurance_cost: Amount
    label_download: LabelDownload = LabelDownload()
    external_shipment_id: str | None = None
    created_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        """Whether it was sold and is not void."""
        return not self.voided and self.status != "error"

    def as_sold(self) -> SoldLabel | None:
        """The label as a line of the account; None where it is void, failed or tells no time."""
        if not self.is_live or self.created_at is None:
            return None
        return SoldLabel(self.external_shipment_id or "", self.label_id, self.tracking_number, self.created_at)


class LabelsAnswer(BaseModel):
    """A page of labels, newest first."""

    labels: tuple[LabelAnswer, ...]
    pages: int = 1


class ShipmentAnswer(BaseModel):
    """A shipment, for its id."""

    shipment_id: str


class Account(BaseModel):
    """A carrier account of the shop."""

    carrier_id: str


class AccountsAnswer(BaseModel):
    """The carrier accounts of the shop."""

    carriers: tuple[Account, ...]


class VoidAnswer(BaseModel):
    """Whether a label is void now."""

    approved: bool
    reason_code: str | None = None


def carrier_of(code: str) -> str:
    """Who drives the van, whichever account pays: stamps_com sells the post's labels, ups_walleted those of UPS."""
    return _POSTAL_CARRIERS.get(code, code.removesuffix("_walleted"))


def refusal_of(response: httpx.Response) -> Refused:
    """What a 4xx means."""
    if response.status_code in {401, 403}:
        return Refused(f"ShipStation refuses the API key ({response.status_code})", code="credentials")
    if response.status_code == 404:
        return Refused("ShipStation does not know it", code="not_found")
    try:
        return Faults.model_validate_json(response.content).as_refusal()
    except ValidationError:
        return Refused(f"ShipStation answered {response.status_code}")
