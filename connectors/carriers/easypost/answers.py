"""What EasyPost answers, read as far as we need it."""

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import httpx
from pydantic import BaseModel

from connectors.errors import ConnectorError, OutcomeUnknown, Refused, TryAgain
from connectors.parcels.refused_addresses import refused_destination
from connectors.protocols import SoldLabel
from orderflow.money import Money
from orderflow.shipping.rate import Rate, speed_of

# An offer that does not say how long it takes is counted as slower than any that does.
DAYS_UNSAID = 8

_REFUNDED = {"submitted", "refunded"}
_UNDECIDED = {"SHIPMENT.PURCHASE.IN_PROGRESS", "SHIPMENT.POSTAGE.TIMED_OUT", "SHIPMENT.POSTAGE.NO_RESPONSE"}
_ABOUT_ADDRESS = re.compile(r"\baddress|\b(un)?deliverable|\bpostal code|\bzip\b", re.IGNORECASE)
_NO_ANSWER = re.compile(r"did not respond|timed? ?out|temporarily", re.IGNORECASE)
_OWN_ACCOUNTS = {"upsdap": "ups", "fedexdefault": "fedex", "dhlexpress": "dhl"}


class _Message(BaseModel):
    message: str | None = None


class RateAnswer(BaseModel):
    """One offer of one carrier account."""

    id: str
    carrier: str
    service: str
    rate: Decimal
    currency: str
    delivery_days: int | None = None

    def as_rate(self, shipment_id: str) -> Rate:
        """The offer; its id is that of the shipment and of the rate."""
        days = self.delivery_days or DAYS_UNSAID
        return Rate(
            provider="easypost",
            carrier=carrier_of(self.carrier),
            service=self.service,
            speed=speed_of(days),
            cost=Money.of(self.rate, self.currency),
            days=days,
            rate_id=f"{shipment_id}:{self.id}",
        )


class PostageLabel(BaseModel):
    """Links to the label's files."""

    label_url: str | None = None
    label_pdf_url: str | None = None


class _Tracker(BaseModel):
    public_url: str | None = None


class Shipment(BaseModel):
    """A shipment, bought or not."""

    id: str
    reference: str | None = None
    rates: tuple[RateAnswer, ...] = ()
    messages: tuple[_Message, ...] = ()
    selected_rate: RateAnswer | None = None
    postage_label: PostageLabel | None = None
    tracking_code: str | None = None
    tracker: _Tracker | None = None
    refund_status: str | None = None
    created_at: datetime | None = None

    @property
    def is_void(self) -> bool:
        """Whether its refund was asked for."""
        return self.refund_status in _REFUNDED

    def as_sold(self) -> SoldLabel | None:
        """The shipment as a line of the account; None where it is void or not bought."""
        if self.is_void or self.created_at is None or not self.tracking_code:
            return None
        return SoldLabel(self.reference or "", self.id, self.tracking_code, self.created_at)

    @property
    def tracking_url(self) -> str:
        """Where the recipient may look."""
        return (self.tracker.public_url if self.tracker else "") or ""

    def as_rates(self) -> tuple[Rate, ...]:
        """The offers, cheapest first. Raises Refused where none is for the address, TryAgain where nobody answered."""
        told = "; ".join(message.message for message in self.messages if message.message)
        if not self.rates and _ABOUT_ADDRESS.search(told):
            raise refused_destination(told)
        if not self.rates and _NO_ANSWER.search(told):
            raise TryAgain(f"EasyPost's carriers gave no rates: {told}")
        return tuple(sorted((rate.as_rate(self.id) for rate in self.rates), key=lambda rate: rate.cost.amount))


class Shipments(BaseModel):
    """A page of shipments, newest first."""

    shipments: tuple[Shipment, ...]
    has_more: bool = False


def carrier_of(name: str) -> str:
    """Who drives the van, whichever account of EasyPost's is billed."""
    carrier = name.lower().replace(" ", "_")
    return _OWN_ACCOUNTS.get(carrier, carrier)


def refusal_of(response: httpx.Response) -> ConnectorError:
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
