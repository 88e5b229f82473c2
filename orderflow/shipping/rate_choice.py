"""Which of several rates to take, by weight, destination, speed and cost.

A rate already answers for weight and destination: a carrier offers only what it would take there. What is left:
1. keep the rates fast enough for the asked speed; if none is, keep the fastest there are,
2. of those keep the wished carrier's, if it offers any,
3. take the cheapest ("cost_optimized", "preferred") or the one with the fewest days ("speed_optimized").
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from orderflow.shipping.rate import Rate, ShippingSpeed
from orderflow.value import Value

SELECTIONS = ("cost_optimized", "speed_optimized", "preferred")

_RANK = {speed: rank for rank, speed in enumerate(ShippingSpeed)}


@dataclass(frozen=True, slots=True)
class ServiceWish:
    """What is asked of a carrier: the speed, the most business days in transit, and whose van it should be.

    `carrier` is in lower case, empty where any will do.
    """

    speed: ShippingSpeed = ShippingSpeed.STANDARD
    within_days: int | None = None
    carrier: str = ""


class _Offer(Protocol):
    @property
    def speed(self) -> ShippingSpeed: ...
    @property
    def days(self) -> int: ...
    @property
    def carrier(self) -> str: ...


Offer = TypeVar("Offer", bound=_Offer)


class RateChoice(Value):
    """The chosen rate, the best one not chosen, and why in words. No rate at all leaves both empty."""

    rate: Rate | None = None
    runner_up: Rate | None = None
    reason: str


def fast_enough(offer: _Offer, wish: ServiceWish) -> bool:
    """Whether the offer keeps the asked days or, where no days are asked, is of the asked speed or faster."""
    if wish.within_days is not None:
        return offer.days <= wish.within_days
    return _RANK[offer.speed] >= _RANK[wish.speed]


def narrowed(offers: Sequence[Offer], wish: ServiceWish) -> list[Offer]:
    """The offers that come nearest to the wish: steps 1 and 2 above. Empty only if there were none."""
    suitable = [offer for offer in offers if fast_enough(offer, wish)]
    if not suitable:
        fewest = min((offer.days for offer in offers), default=0)
        suitable = [offer for offer in offers if offer.days == fewest]
    return [offer for offer in suitable if offer.carrier.casefold() == wish.carrier] or suitable


def choose_rate(
    rates: Iterable[Rate],
    *,
    speed: ShippingSpeed = ShippingSpeed.STANDARD,
    preferred_carrier: str = "",
    selection: str = "cost_optimized",
    default_carrier: str = "",
    within_days: int | None = None,
) -> RateChoice:
    """The rate to buy and why.

    `preferred_carrier` is a rule's or the customer's wish and is honoured under every selection; with "preferred"
    and no such wish it is `default_carrier`, which otherwise only breaks ties. An unknown selection is a ValueError.
    """
    if selection not in SELECTIONS:
        raise ValueError(f"{selection!r} is no way to choose a rate; it is one of {', '.join(SELECTIONS)}")
    wished = preferred_carrier or (default_carrier if selection == "preferred" else "")
    wish = ServiceWish(speed, within_days, wished.casefold())
    ranked = sorted(rates, key=lambda rate: _order(rate, selection, default_carrier))
    if not ranked:
        return RateChoice(reason="no carrier offers a rate for this parcel")
    rate = narrowed(ranked, wish)[0]
    others = [other for other in ranked if other is not rate and fast_enough(other, wish)]
    runner_up = others[0] if others else None
    return RateChoice(rate=rate, runner_up=runner_up, reason=_reason(rate, runner_up, wish, selection))


def _order(rate: Rate, selection: str, default_carrier: str) -> tuple[object, ...]:
    tie = (rate.carrier != default_carrier, rate.carrier, rate.service, rate.provider, rate.rate_id)
    if selection == "speed_optimized":
        return (rate.days, rate.cost.amount, *tie)
    return (rate.cost.amount, rate.days, *tie)


def _reason(rate: Rate, runner_up: Rate | None, wish: ServiceWish, selection: str) -> str:
    if not fast_enough(rate, wish):
        asked = f"{wish.within_days} days" if wish.within_days is not None else str(wish.speed)
        return f"no rate is as fast as {asked}; {_words(rate)} is the fastest"
    if wish.carrier and rate.carrier.casefold() == wish.carrier:
        return f"preferred carrier {rate.carrier}: {_words(rate)}{_against(runner_up)}"
    best = "fewest days" if selection == "speed_optimized" else "lowest cost"
    missed = f"preferred carrier {wish.carrier} offers nothing suitable; " if wish.carrier else ""
    return f"{missed}{best}: {_words(rate)}{_against(runner_up)}"


def _words(rate: Rate) -> str:
    return f"{rate.carrier} {rate.service} for {rate.cost} in {rate.days} days"


def _against(runner_up: Rate | None) -> str:
    return f", against {_words(runner_up)}" if runner_up else ""
