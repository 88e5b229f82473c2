"""What the rate card asks between two places, as plain numbers for the inner loops of sourcing."""

from decimal import ROUND_HALF_UP
from functools import lru_cache
from typing import NamedTuple

from orderflow.money import minor_digits
from orderflow.shipping.rate import ShippingSpeed
from orderflow.shipping.rate_card import RateCard, ServiceRates
from orderflow.shipping.rate_choice import ServiceWish, narrowed

REMEMBERED_TARIFFS = 512
REMEMBERED_WEIGHTS = 2_000
UNKNOWN_PRICE = float("inf")


class Quote(NamedTuple):
    """The rate for one weight: minor units of the card's currency and business days in transit."""

    minor: int
    days: int
    carrier: str
    service: str


class _ServiceHere(NamedTuple):
    """One service of the card in one zone."""

    speed: ShippingSpeed
    days: int
    carrier: str
    rates: ServiceRates


class Tariff:
    """The cheapest rate by weight into one zone for one wish; remembers what it was asked.

    `heaviest_grams` is the weight above which no service takes the parcel; 0 where the card offers nothing. No parcel
    costs less than `least_minor`, the lowest price of the zone.
    """

    def __init__(self, card: RateCard, zone: int, wish: ServiceWish, *, abroad: bool) -> None:
        self._services = [
            _ServiceHere(s.speed, s.days[zone], s.carrier, s) for s in card.services if s.international == abroad
        ]
        self._zone = zone
        self._digits = minor_digits(card.currency)
        self._wish = wish
        self._quotes: dict[int, Quote | None] = {}
        self.heaviest_grams = max((here.rates.max_grams for here in self._services), default=0)
        self.least_minor = min((self._least(here.rates) for here in self._services), default=0)
        self._per_kilogram: float | None = None

    def quote(self, weight_grams: int) -> Quote | None:
        """The cheapest rate that comes nearest to the wish, or None where the card offers nothing."""
        if len(self._quotes) > REMEMBERED_WEIGHTS:
            self._quotes.clear()
        if weight_grams not in self._quotes:
            self._quotes[weight_grams] = self._cheapest(weight_grams)
        return self._quotes[weight_grams]

    def further_minor(self, weight_grams: int) -> float:
        """What this much more weight adds to a parcel, by the first kilogram; infinite where there is no rate."""
        if self._per_kilogram is None:
            self._per_kilogram = self._slope()
        return self._per_kilogram * weight_grams / 1000 if self._per_kilogram < UNKNOWN_PRICE else UNKNOWN_PRICE

    def _least(self, rates: ServiceRates) -> int:
        prices = [row[self._zone] for row in rates.prices] or [rates.base[self._zone]]
        return int(min(prices).scaleb(self._digits))

    def _slope(self) -> float:
        light, heavy = self.quote(1), self.quote(1000)
        return float(heavy.minor - light.minor) if light and heavy else UNKNOWN_PRICE

    def _cheapest(self, weight_grams: int) -> Quote | None:
        able = [here for here in self._services if weight_grams <= here.rates.max_grams]
        return min((self._quote(here, weight_grams) for here in narrowed(able, self._wish)), default=None)

    def _quote(self, here: _ServiceHere, weight_grams: int) -> Quote:
        price = here.rates.price(self._zone, weight_grams).scaleb(self._digits)
        return Quote(int(price.to_integral_value(ROUND_HALF_UP)), here.days, here.carrier, here.rates.service)


class _SameCard:
    """A rate card that equals only itself, so that finding its tariffs again costs no comparison of all its rates."""

    __slots__ = ("card",)

    def __init__(self, card: RateCard) -> None:
        self.card = card

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _SameCard) and other.card is self.card

    def __hash__(self) -> int:
        return id(self.card)


def tariff_into(card: RateCard, zone: int, wish: ServiceWish, *, abroad: bool) -> Tariff:
    """The tariff into a zone; orders of the same zone and wish share one, so that it remembers their quotes."""
    return _remembered(_SameCard(card), zone, wish, abroad)


@lru_cache(maxsize=REMEMBERED_TARIFFS)
def _remembered(same: _SameCard, zone: int, wish: ServiceWish, abroad: bool) -> Tariff:
    return Tariff(same.card, zone, wish, abroad=abroad)
