"""What USPS answers, read as far as we need it."""

from base64 import b64decode
from collections.abc import Iterator
from decimal import Decimal
from email import message_from_bytes

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from connectors.errors import OutcomeUnknown, Refused
from connectors.parcels.refused_addresses import refused_destination
from connectors.protocols import Label
from orderflow.money import Money
from orderflow.shipping.rate import Rate, speed_of

# No label has this key; the label of this key was canceled. Source: probes of the live API, September 2026.
NEVER_BOUGHT = "160412"
CANCELED = "160979"
# An offer that does not say how long it takes is counted as slower than any that does.
DAYS_UNSAID = 8
TRACKING_URL = "https://tools.usps.com/go/TrackConfirmAction_input?origTrackNum="

# For the shop's own packaging: single piece, and dimensional. All others ask for a box or envelope of USPS.
_OWN_PACKAGING = {"SP", "PA", "DR"}
_PARCELS = {"MACHINABLE", "NONSTANDARD", "NON_MACHINABLE", "IRREGULAR"}
# Only what is allowed in the parcel decides about these, and the parcel does not say what is in it.
_RESTRICTED = {"LIBRARY_MAIL", "MEDIA_MAIL", "BOUND_PRINTED_MATTER"}
# The second letter of a postage SKU is the mail class: DPXX0… is a domestic Priority Mail price.
_MAIL_CLASSES = {
    "E": "PRIORITY_MAIL_EXPRESS",
    "P": "PRIORITY_MAIL",
    "U": "USPS_GROUND_ADVANTAGE",
    "V": "PARCEL_SELECT",
}


class _Answer(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class _Commitment(_Answer):
    name: str | None = None

    @property
    def days(self) -> int:
        """The number "2 Days" begins with; "NO STD" has none."""
        first = (self.name or "").partition(" ")[0]
        return int(first) if first.isdigit() else DAYS_UNSAID


class _Rate(_Answer):
    mail_class: str
    processing_category: str
    rate_indicator: str
    destination_entry_facility_type: str = "NONE"

    @property
    def is_for_our_parcels(self) -> bool:
        """Whether a parcel in the shop's own packaging, handed in at the counter, may go at this rate."""
        return (
            self.rate_indicator in _OWN_PACKAGING
            and self.processing_category in _PARCELS
            and self.destination_entry_facility_type == "NONE"
            and self.mail_class not in _RESTRICTED
        )


class _RateOption(_Answer):
    total_price: Decimal | None = None
    total_base_price: Decimal
    commitment: _Commitment = _Commitment()
    rates: tuple[_Rate, ...] = ()

    def as_rates(self) -> Iterator[Rate]:
        """The offers of this option we can use."""
        days = self.commitment.days
        for rate in self.rates:
            if rate.is_for_our_parcels:
                yield Rate(
                    provider="usps",
                    carrier="usps",
                    service=rate.mail_class,
                    speed=speed_of(days),
                    cost=Money.of(self.total_price or self.total_base_price, "USD"),
                    days=days,
                    rate_id=f"{rate.mail_class}:{rate.rate_indicator}:{rate.processing_category}",
                )


class _ShippingOption(_Answer):
    rate_options: tuple[_RateOption, ...] = ()


class _PricingOption(_Answer):
    shipping_options: tuple[_ShippingOption, ...] = ()


class OptionsAnswer(_Answer):
    """The shipping options of one parcel."""

    pricing_options: tuple[_PricingOption, ...] = ()

    def as_rates(self) -> list[Rate]:
        """Every offer for a parcel in the shop's own packaging."""
        options = (option for pricing in self.pricing_options for option in pricing.shipping_options)
        return [rate for option in options for choice in option.rate_options for rate in choice.as_rates()]


class _LabelMetadata(_Answer):
    tracking_number: str
    postage: Decimal
    sku: str = Field(default="", alias="SKU")


class CancelAnswer(_Answer):
    """What became of a label that was to be canceled."""

    status: str = ""


class _Source(_Answer):
    parameter: str = ""


class _Fault(_Answer):
    code: str = ""
    title: str = ""
    detail: str = ""
    source: _Source = _Source()


class _Error(_Answer):
    code: str = ""
    message: str = ""
    errors: tuple[_Fault, ...] = ()


class _Refusal(_Answer):
    error: _Error


def bought_label(response: httpx.Response) -> Label:
    """The label of a multipart answer. A success that cannot be read is neither bought nor not bought."""
    parts = parts_of(response)
    try:
        metadata = _LabelMetadata.model_validate_json(parts["labelMetadata"])
        document = b64decode(b"".join(parts["labelImage"].split()), validate=True)
    except (KeyError, ValueError):
        raise OutcomeUnknown(f"unreadable label from USPS: it has the parts {sorted(parts)}") from None
    return Label(
        provider="usps",
        provider_reference=metadata.tracking_number,
        carrier="usps",
        service=_MAIL_CLASSES.get(metadata.sku[1:2], metadata.sku),
        tracking_number=metadata.tracking_number,
        cost=Money.of(metadata.postage, "USD"),
        document=document,
        tracking_url=f"{TRACKING_URL}{metadata.tracking_number}",
    )


def parts_of(response: httpx.Response) -> dict[str, bytes]:
    """The contents of a multipart answer by their names; none where the answer is not multipart."""
    head = f"Content-Type: {response.headers.get('content-type', '')}\r\n\r\n".encode()
    message = message_from_bytes(head + response.content)
    named = ((part.get_param("name", header="content-disposition"), part) for part in message.walk())
    return {str(name): bytes(part.get_payload(decode=True)) for name, part in named if name}


def refusal_of(response: httpx.Response) -> Refused:
    """What a 4xx means."""
    if response.status_code in {401, 403}:
        return Refused(f"USPS refuses the credentials ({response.status_code})", code="credentials")
    try:
        error = _Refusal.model_validate_json(response.content).error
    except ValidationError:
        return Refused(f"USPS answered {response.status_code}: {response.text[:200]}")
    fault = next(iter(error.errors), _Fault())
    text = fault.detail or fault.title or error.message or "USPS gave no reason"
    where = fault.source.parameter
    if where.startswith(("toAddress", "destination")):
        return refused_destination(text, where)
    missing = response.status_code == 404
    return Refused(text, field=where, code="not_found" if missing else fault.code or error.code or "refused")
