"""What FedEx answers, read as far as we need it."""

import re
from base64 import b64decode
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from connectors.errors import ConnectorError, OutcomeUnknown, Refused, TryAgain
from connectors.parcels.refused_addresses import refused_destination
from connectors.protocols import Label
from orderflow.money import Money
from orderflow.shipping.rate import Rate, speed_of

# An offer that does not say how long it takes is counted as slower than any that does.
DAYS_UNSAID = 8
# Too many calls at once are answered 403 by whoever stands before the API, without an error of FedEx's own.
LOCKED_OUT_SECONDS = 60.0
TRACKING_URL = "https://www.fedex.com/fedextrack/?trknbr="

_WORDS = ("ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE", "TEN")
_TRANSIT = {f"{word}_DAY{'S' * (number > 1)}": number for number, word in enumerate(_WORDS, 1)}
_ABOUT_RECIPIENT = re.compile(r"RECIPIENT|DESTINATION")


class _Answer(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class _Alert(_Answer):
    code: str = ""
    message: str = "FedEx gave no reason"

    def as_refusal(self) -> Refused:
        if _ABOUT_RECIPIENT.search(self.code):
            return refused_destination(self.message, self.code)
        return Refused(self.message, code=self.code or "refused")


class _RatedShipment(_Answer):
    rate_type: str = ""
    total_net_charge: Decimal
    currency: str = "USD"


class _Operation(_Answer):
    transit_time: str = ""
    commit_date: datetime | None = None


class _Quote(_Answer):
    service_type: str
    rated_shipment_details: tuple[_RatedShipment, ...] = ()
    operational_detail: _Operation = _Operation()

    def as_rates(self, quoted_on: date | None) -> Iterator[Rate]:
        """The offer at the account's own price; nothing where no price was quoted."""
        details = sorted(self.rated_shipment_details, key=lambda detail: detail.rate_type != "ACCOUNT")
        days = self._days(quoted_on)
        for detail in details[:1]:
            yield Rate(
                provider="fedex",
                carrier="fedex",
                service=self.service_type,
                speed=speed_of(days),
                cost=Money.of(detail.total_net_charge, detail.currency),
                days=days,
                rate_id=self.service_type,
            )

    def _days(self, quoted_on: date | None) -> int:
        """Ground services tell their transit time in words, express services the day they commit to."""
        if told := _TRANSIT.get(self.operational_detail.transit_time):
            return told
        committed = self.operational_detail.commit_date
        return _business_days(quoted_on, committed.date()) if quoted_on and committed else DAYS_UNSAID


class _Quotes(_Answer):
    rate_reply_details: tuple[_Quote, ...] = ()
    quote_date: date | None = None
    alerts: tuple[_Alert, ...] = ()


class QuotesAnswer(_Answer):
    """The services offered."""

    output: _Quotes

    def as_rates(self) -> list[Rate]:
        """The offers. Raises Refused where there are none for the recipient's address."""
        refusals = (alert.as_refusal() for alert in self.output.alerts)
        about_address = next((refusal for refusal in refusals if refusal.code == "address"), None)
        if about_address and not self.output.rate_reply_details:
            raise about_address
        quotes = self.output.rate_reply_details
        return [rate for quote in quotes for rate in quote.as_rates(self.output.quote_date)]


class _Document(_Answer):
    encoded_label: str = ""


class _Piece(_Answer):
    tracking_number: str = ""
    package_documents: tuple[_Document, ...] = ()


class _ShipmentRate(_Answer):
    total_net_charge: Decimal
    currency: str = "USD"


class _Rating(_Answer):
    shipment_rate_details: tuple[_ShipmentRate, ...] = ()


class _Completed(_Answer):
    shipment_rating: _Rating = _Rating()


class _Shipment(_Answer):
    master_tracking_number: str = ""
    piece_responses: tuple[_Piece, ...] = ()
    completed_shipment_detail: _Completed = _Completed()

    def as_label(self, rate: Rate) -> Label:
        """The label, at the price FedEx rated it or else the quoted one."""
        piece = next(iter(self.piece_responses), _Piece())
        number = self.master_tracking_number or piece.tracking_number
        if not number:
            raise OutcomeUnknown("FedEx answers success without a tracking number")
        file = next(iter(piece.package_documents), _Document())
        rated = next(iter(self.completed_shipment_detail.shipment_rating.shipment_rate_details), None)
        return Label(
            provider="fedex",
            provider_reference=number,
            carrier="fedex",
            service=rate.service,
            tracking_number=number,
            cost=Money.of(rated.total_net_charge, rated.currency) if rated else rate.cost,
            document=_decoded(file.encoded_label),
            tracking_url=f"{TRACKING_URL}{number}",
        )


class _Shipped(_Answer):
    transaction_shipments: tuple[_Shipment, ...] = ()
    alerts: tuple[_Alert, ...] = ()


class ShipAnswer(_Answer):
    """What came of a shipment."""

    output: _Shipped

    def as_label(self, rate: Rate) -> Label:
        """The label. Raises Refused for an answer of 200 that holds alerts instead of a shipment."""
        if self.output.transaction_shipments:
            return self.output.transaction_shipments[0].as_label(rate)
        if self.output.alerts:
            raise self.output.alerts[0].as_refusal()
        raise OutcomeUnknown("FedEx answers success without a shipment")


class _Cancelled(_Answer):
    cancelled_shipment: bool = False


class CancelAnswer(_Answer):
    """Whether a shipment is canceled now; FedEx answers 200 for a refusal, too."""

    output: _Cancelled


class _Refusal(BaseModel):
    errors: tuple[_Alert, ...]


def refusal_of(response: httpx.Response) -> ConnectorError:
    """What a 4xx means; the code's words tell the field (RECIPIENT.POSTALCODE.INVALID)."""
    try:
        refusal = _Refusal.model_validate_json(response.content).errors[0].as_refusal()
    except (ValidationError, IndexError):
        refusal = None
    if response.status_code == 403 and refusal is None:
        return TryAgain("FedEx has locked this address out for a while", wait_seconds=LOCKED_OUT_SECONDS)
    if response.status_code in {401, 403}:
        return Refused(f"FedEx refuses the credentials ({response.status_code})", code="credentials")
    return refusal or Refused(f"FedEx answered {response.status_code}: {response.text[:200]}")


def _business_days(start: date, end: date) -> int:
    """The days from Monday to Friday after the first date, up to and with the second; one at least."""
    days = (start + timedelta(days=ahead) for ahead in range(1, (end - start).days + 1))
    return max(1, sum(day.weekday() < 5 for day in days))


def _decoded(label: str) -> bytes:
    """The file, or nothing where it cannot be read: the label is bought all the same."""
    try:
        return b64decode(label, validate=True)
    except ValueError:
        return b""
