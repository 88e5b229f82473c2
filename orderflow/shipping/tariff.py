"""What the rate card asks between two places, as plain numbers for the inner loops of sourcing."""

from decimal import ROUND_HALF_UP
from typing import NamedTuple

from orderflow.address import Address
from orderflow.money import minor_digits
from orderflow.shipping.rate import ShippingSpeed
from orderflow.shipping.rate_card import RateCard, ServiceRates
from orderflow.shipping.rate_choice import ServiceWish, narrowed


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
    """The cheapest rate by weight from one origin to one destination for one wish; remembers what it was asked."""

    def __init__(self, card: RateCard, origin: Address, destination: Address, wish: ServiceWish) -> None:
        zone = card.zone_of(origin, destination)
        abroad = origin.country != destination.country
        self._services = [
            _ServiceHere(s.speed, s.days[zone], s.carrier, s) for s in card.services if s.international == abroad
        ]
        self._zone = zone
        self._digits = minor_digits(card.currency)
        self._wish = wish
        self._quotes: dict[int, Quote | None] = {}

    @property
    def heaviest_grams(self) -> int:
        """The weight above which no service takes the parcel; 0 where the card offers nothing on this way."""
        return max((here.rates.max_grams for here in self._services), default=0)

    def quote(self, weight_grams: int) -> Quote | None:
        """The cheapest rate that comes nearest to the wish, or None where the card offers nothing."""
        if weight_grams not in self._quotes:
            self._quotes[weight_grams] = self._cheapest(weight_grams)
        return self._quotes[weight_grams]

    def _cheapest(self, weight_grams: int) -> Quote | None:
        able = [here for here in self._services if weight_grams <= here.rates.max_grams]
        return min((self._quote(here, weight_grams) for here in narrowed(able, self._wish)), default=None)

    def _quote(self, here: _ServiceHere, weight_grams: int) -> Quote:
        price = here.rates.price(self._zone, weight_grams).scaleb(self._digits)
        return Quote(int(price.to_integral_value(ROUND_HALF_UP)), here.days, here.carrier, here.rates.service)
