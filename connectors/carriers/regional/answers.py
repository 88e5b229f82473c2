"""What a described carrier answers: facts by their paths."""

from base64 import b64decode
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

import httpx

from connectors.carriers.regional.description import Description, LabelPaths, OfferPaths
from connectors.carriers.regional.paths import pick
from connectors.errors import OutcomeUnknown, Refused
from connectors.parcels.refused_addresses import refused_destination
from connectors.protocols import Label
from orderflow.money import Money
from orderflow.shipping.rate import Rate, speed_of

# An offer that does not say how long it takes is counted as slower than any that does.
DAYS_UNSAID = 8


def offers_from(answer: Any, paths: OfferPaths, carrier: Description) -> Iterator[Rate]:
    """The offers of an answer. Raises OutcomeUnknown for one without its price."""
    for offer in pick(answer, paths.offers) or ():
        told = str(pick(offer, paths.days))
        days = int(told) if told.isdigit() else DAYS_UNSAID
        yield Rate(
            provider="regional",
            carrier=carrier.name,
            service=str(pick(offer, paths.service)),
            speed=speed_of(days),
            cost=_money(pick(offer, paths.amount), pick(offer, paths.currency) or carrier.currency),
            days=days,
            rate_id=str(pick(offer, paths.offer_id)),
        )


def label_from(answer: Any, paths: LabelPaths, carrier: Description, rate: Rate | None = None) -> Label:
    """The label of an answer; what it does not tell comes from the rate it was bought at, where that is known."""
    provider_reference, number = str(pick(answer, paths.id)), str(pick(answer, paths.tracking_number))
    if not provider_reference or not number:
        raise OutcomeUnknown(f"{carrier.name} answers success without an id and a tracking number")
    amount = pick(answer, paths.amount)
    told = _money(amount, pick(answer, paths.currency) or carrier.currency) if amount != "" else None
    cost = told or (rate.cost if rate else None)
    return Label(
        provider="regional",
        provider_reference=provider_reference,
        carrier=carrier.name,
        service=str(pick(answer, paths.service)) or (rate.service if rate else ""),
        tracking_number=number,
        cost=cost or Money.zero(carrier.currency),
        cost_is_known=cost is not None,
        document=_decoded(pick(answer, paths.document)),
        document_url=str(pick(answer, paths.document_url)),
        tracking_url=str(pick(answer, paths.tracking_url)),
    )


def refusal_from(response: httpx.Response, carrier: Description) -> Refused:
    """What a 4xx means."""
    if response.status_code in {401, 403}:
        return Refused(f"{carrier.name} refuses the token ({response.status_code})", code="credentials")
    try:
        body = response.json()
    except ValueError:
        body = None
    paths = carrier.refusals
    code, field = str(pick(body, paths.code)), str(pick(body, paths.field))
    message = str(pick(body, paths.message)) or f"{carrier.name} answered {response.status_code}"
    if code in paths.about_destination:
        return refused_destination(message, field)
    return Refused(message, field=field, code=code or ("not_found" if response.status_code == 404 else "refused"))


def _money(amount: Any, currency: Any) -> Money:
    try:
        return Money.of(Decimal(str(amount)), str(currency))
    except (InvalidOperation, ValueError):
        raise OutcomeUnknown("the carrier's answer holds no price where one is described") from None


def _decoded(document: Any) -> bytes:
    """The file, or nothing where it cannot be read: the label is bought all the same."""
    try:
        return b64decode(str(document), validate=True)
    except ValueError:
        return b""
