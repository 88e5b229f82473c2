"""Which of several rates to take, by weight, destination, speed, cost, preference and measured performance.

A rate already answers for weight and destination: a carrier offers only what it would take there. Amounts
of several currencies cannot be compared, so the rates of one are kept: the shop's, or the only one there is. Of those:
1. keep the rates fast enough for the asked speed; if none is, keep the fastest there are,
2. of those keep the wished carrier's, if it offers any: a rule's or the customer's wish, else the default carrier
   ("preferred") or the carrier whose quarter it is ("rotation"),
3. take the cheapest, the one with the fewest days ("speed_optimized"), or the one that costs least when its carrier's
   record is reckoned in ("performance", see performance.py).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeVar

from orderflow.money import Money
from orderflow.shipping.performance import Performance
from orderflow.shipping.rate import Rate, ShippingSpeed
from orderflow.value import Value

SELECTIONS = ("cost_optimized", "speed_optimized", "preferred", "performance", "rotation")

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
    """The chosen rate, the best one not chosen, and why in words. No rate, or none to compare, leaves both empty.

    `market` is the mean price of the `offers` that would have done as well: what a parcel like this one costs.
    """

    rate: Rate | None = None
    runner_up: Rate | None = None
    reason: str
    market: Money | None = None
    offers: int = 0


@dataclass(frozen=True)
class Selection:
    """How a shop chooses among rates that keep the wish: `default_carrier` breaks ties, `turn` has this quarter.

    Without the shop's `currency` rates must all be of one.
    """

    name: str = "cost_optimized"
    default_carrier: str = ""
    turn: str = ""
    currency: str = ""
    performance: Performance = field(default_factory=Performance)

    @property
    def carrier(self) -> str:
        """Whose van is wished where neither a rule nor the customer wishes one; empty where any will do."""
        return {"preferred": self.default_carrier, "rotation": self.turn}.get(self.name, "")


def carrier_of_quarter(carriers: Sequence[str], day: date) -> str:
    """The carrier whose turn it is on that day: they follow each other quarter by quarter, for ever."""
    return carriers[(day.year * 4 + (day.month - 1) // 3) % len(carriers)] if carriers else ""


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
    selection: str | Selection = "cost_optimized",
    default_carrier: str = "",
    within_days: int | None = None,
) -> RateChoice:
    """The rate to buy and why.

    `preferred_carrier` is a rule's or the customer's wish and is honoured under every selection. A selection that needs
    more than its name is given whole. An unknown selection is a ValueError.
    """
    chosen_by = selection if isinstance(selection, Selection) else Selection(selection, default_carrier)
    if chosen_by.name not in SELECTIONS:
        raise ValueError(f"{chosen_by.name!r} is no way to choose a rate; it is one of {', '.join(SELECTIONS)}")
    wish = ServiceWish(speed, within_days, (preferred_carrier or chosen_by.carrier).casefold())
    offered = list(rates)
    payable = _of_one_currency(offered, chosen_by.currency)
    ranked = sorted(payable, key=lambda rate: _order(rate, chosen_by))
    left_out = _left_out(offered, ranked)
    if not ranked:
        return RateChoice(reason=left_out or "no carrier offers a rate for this parcel")
    rate = narrowed(ranked, wish)[0]
    equal = _comparable(ranked, rate, wish)
    others = [other for other in ranked if other is not rate and fast_enough(other, wish)]
    runner_up = others[0] if others else None
    return RateChoice(
        rate=rate,
        runner_up=runner_up,
        reason="; ".join(filter(None, [_reason(rate, runner_up, wish, chosen_by, not preferred_carrier), left_out])),
        market=_mean([other.cost for other in equal]),
        offers=len(equal),
    )


def _of_one_currency(rates: Sequence[Rate], wished: str) -> list[Rate]:
    """The rates of the wished currency, else all of them if they have one in common, else none."""
    currencies = {rate.cost.currency for rate in rates}
    currency = wished if wished in currencies or len(currencies) != 1 else currencies.pop()
    return [rate for rate in rates if rate.cost.currency == currency]


def _left_out(offered: Sequence[Rate], kept: Sequence[Rate]) -> str:
    """What is told of the rates in other currencies, "" where there are none."""
    kept_currency = kept[0].cost.currency if kept else ""
    others = Counter(rate.cost.currency for rate in offered if rate.cost.currency != kept_currency)
    if not others:
        return ""
    told = " and ".join(f"{count} in {currency}" for currency, count in sorted(others.items()))
    if kept:
        return f"rates in other currencies cannot be compared and are left out: {told}"
    return f"the rates cannot be compared, they are in several currencies: {told}"


def _order(rate: Rate, selection: Selection) -> tuple[object, ...]:
    tie = (rate.carrier != selection.default_carrier, rate.carrier, rate.service, rate.provider, rate.rate_id)
    if selection.name == "speed_optimized":
        return (rate.days, rate.cost.amount, *tie)
    cost = selection.performance.expected_cost(rate) if selection.name == "performance" else rate.cost.amount
    return (cost, rate.days, *tie)


def _comparable(rates: Sequence[Rate], chosen: Rate, wish: ServiceWish) -> list[Rate]:
    """The offers that keep the wish or, where none does, the chosen one's days."""
    return [rate for rate in rates if fast_enough(rate, wish)] or [rate for rate in rates if rate.days == chosen.days]


def _mean(costs: Sequence[Money]) -> Money | None:
    return sum(costs[1:], start=costs[0]) * (Decimal(1) / len(costs)) if costs else None


def _reason(rate: Rate, runner_up: Rate | None, wish: ServiceWish, selection: Selection, by_turn: bool) -> str:
    if not fast_enough(rate, wish):
        asked = f"{wish.within_days} days" if wish.within_days is not None else str(wish.speed)
        return f"no rate is as fast as {asked}; {_words(rate)} is the fastest"
    wished = "carrier of this quarter" if by_turn and selection.name == "rotation" else "preferred carrier"
    if wish.carrier and rate.carrier.casefold() == wish.carrier:
        return f"{wished} {rate.carrier}: {_words(rate)}{_against(runner_up)}"
    missed = f"{wished} {wish.carrier} offers nothing suitable; " if wish.carrier else ""
    return f"{missed}{_best(rate, selection)}: {_words(rate)}{_against(runner_up)}"


def _best(rate: Rate, selection: Selection) -> str:
    if selection.name == "performance":
        return f"lowest cost by its record ({selection.performance.words(rate.carrier)})"
    return "fewest days" if selection.name == "speed_optimized" else "lowest cost"


def _words(rate: Rate) -> str:
    return f"{rate.carrier} {rate.service} for {rate.cost} in {rate.days} days"


def _against(runner_up: Rate | None) -> str:
    return f", against {_words(runner_up)}" if runner_up else ""
