"""What Shippo answers, read as far as we need it. A failed purchase is a 201 that says so."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import httpx
from pydantic import BaseModel

from connectors.carriers.shippo.orders import OUR_NAMES
from connectors.errors import Refused, TryAgain
from connectors.protocols import SoldLabel
from orderflow.money import Money
from orderflow.shipping.rate import Rate, speed_of

# A service that does not say how long it takes is counted as slower than any that does for its neighbours.
DAYS_UNSAID = 8

_ABOUT_ADDRESS = re.compile(r"\b(address|street|city|state|zip|postal|postcode|(un)?deliverable)\b", re.IGNORECASE)
_NO_ANSWER = re.compile(r"did not respond|timed? ?out|temporarily|try again", re.IGNORECASE)


class Message(BaseModel):
    """Words of a carrier, passed on."""

    text: str | None = None


class _Service(BaseModel):
    token: str


class RateAnswer(BaseModel):
    """One offer of one carrier account."""

    object_id: str
    amount: Decimal
    currency: str
    provider: str
    servicelevel: _Service
    estimated_days: int | None = None

    def as_rate(self) -> Rate:
        """The offer."""
        days = self.estimated_days or DAYS_UNSAID
        return Rate(
            provider="shippo",
            carrier=self.provider.lower().replace(" ", "_"),
            service=self.servicelevel.token,
            speed=speed_of(days),
            cost=Money.of(self.amount, self.currency),
            days=days,
            rate_id=self.object_id,
        )


class Shipment(BaseModel):
    """A shipment with its offers."""

    rates: tuple[RateAnswer, ...] = ()
    messages: tuple[Message, ...] = ()

    def as_rates(self) -> tuple[Rate, ...]:
        """The offers, cheapest first. Raises Refused where none is for the address, TryAgain where nobody answered."""
        if not self.rates and (refusal := refused(self.messages)).code == "address":
            raise refusal
        told = "; ".join(message.text for message in self.messages if message.text)
        if not self.rates and _NO_ANSWER.search(told):
            raise TryAgain(f"Shippo's carriers gave no rates: {told}")
        return tuple(sorted((rate.as_rate() for rate in self.rates), key=lambda rate: rate.cost.amount))


class Reference(BaseModel):
    """A thing by its id."""

    object_id: str


class Transaction(BaseModel):
    """A purchase and what became of it."""

    object_id: str
    status: str
    rate: str | Reference | None = None
    tracking_number: str | None = None
    tracking_url_provider: str | None = None
    label_url: str | None = None
    metadata: str | None = None
    messages: tuple[Message, ...] = ()
    object_created: datetime | None = None

    def as_sold(self) -> SoldLabel | None:
        """The purchase as a line of the account; None where it failed, is refunded or tells no time."""
        if self.status != "SUCCESS" or self.object_created is None:
            return None
        return SoldLabel(self.metadata or "", self.object_id, self.tracking_number or "", self.object_created)


class Transactions(BaseModel):
    """A page of purchases, newest first."""

    results: tuple[Transaction, ...]
    next: str | None = None

    def reaches(self, since: datetime) -> bool:
        """Whether the page ends with a purchase from before then; False where that one tells no time."""
        oldest = self.results[-1].object_created if self.results else None
        return oldest is not None and oldest < since


class Refund(BaseModel):
    """A refund that was asked for."""

    status: str


def refused(messages: Sequence[Message]) -> Refused:
    """What a failed purchase means; Shippo passes on the carrier's own words."""
    text = "; ".join(message.text for message in messages if message.text) or "Shippo gave no reason"
    if _ABOUT_ADDRESS.search(text):
        return Refused(text, field="destination", code="address")
    return Refused(text)


def refusal_of(response: httpx.Response) -> Refused:
    """What a 4xx means: the body holds messages under the names of the fields they are about."""
    if response.status_code in {401, 403}:
        return Refused(f"Shippo refuses the token ({response.status_code})", code="credentials")
    try:
        path, text = next(_faults(response.json()), ((), "no reason given"))
    except ValueError:
        path, text = (), response.text[:200]
    if path[:1] == ("address_to",):
        field = ".".join(["destination", *(OUR_NAMES.get(name, name) for name in path[1:])])
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
