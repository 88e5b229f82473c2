"""Reference rates by zone and weight: what sourcing reckons with before a label is bought."""

from bisect import bisect_left
from decimal import Decimal
from itertools import pairwise
from typing import Self

from pydantic import Field, model_validator

from orderflow.address import Address
from orderflow.money import Money
from orderflow.shipping.rate import Rate, ShippingSpeed
from orderflow.shipping.zones import distance_km
from orderflow.value import Value


class Zone(Value):
    """A ring around the origin: everything up to `to_km` kilometres away that is not in a smaller ring."""

    to_km: float
    name: str


class ServiceRates(Value):
    """One carrier service: its price and its days in transit per zone. There are two ways to say the price.

    By formula: `base[zone] + per_step[zone] × (steps − 1)`, a step being `step_grams` begun.
    By table, where `up_to_grams` is given: the row of the first weight the parcel does not exceed.
    """

    carrier: str
    service: str
    speed: ShippingSpeed
    step_grams: int = Field(default=454, gt=0)
    max_grams: int = 31_750
    base: tuple[Decimal, ...] = ()
    per_step: tuple[Decimal, ...] = ()
    up_to_grams: tuple[int, ...] = ()
    prices: tuple[tuple[Decimal, ...], ...] = ()
    days: tuple[int, ...]
    international: bool = False

    @model_validator(mode="after")
    def _table_is_whole(self) -> Self:
        if len(self.up_to_grams) != len(self.prices):
            raise ValueError(f"{self.service}: every weight of up_to_grams needs its row of prices")
        if any(lighter >= heavier for lighter, heavier in pairwise(self.up_to_grams)):
            raise ValueError(f"{self.service}: up_to_grams must rise")
        if self.up_to_grams and self.up_to_grams[-1] < self.max_grams:
            raise ValueError(f"{self.service}: the table ends before max_grams")
        return self

    def price(self, zone: int, weight_grams: int) -> Decimal:
        """What a parcel of at most `max_grams` costs in the zone, not yet rounded to the currency."""
        if self.up_to_grams:
            return self.prices[bisect_left(self.up_to_grams, weight_grams)][zone]
        steps = max(1, -(-weight_grams // self.step_grams))
        return self.base[zone] + self.per_step[zone] * (steps - 1)


class RateCard(Value):
    """A shop's reference rates in one currency. Zones are ordered from near to far; the last one has no end."""

    currency: str
    zones: tuple[Zone, ...] = Field(min_length=1)
    services: tuple[ServiceRates, ...]
    source: str = ""

    @model_validator(mode="after")
    def _one_figure_per_zone(self) -> Self:
        for service in self.services:
            rows = service.prices or (service.base, service.per_step)
            if any(len(row) != len(self.zones) for row in (service.days, *rows)):
                raise ValueError(f"{service.service}: prices and days need one figure for each of the zones")
        return self

    def zone_of(self, origin: Address, destination: Address) -> int:
        """The index of the zone; the farthest one where either address has no coordinates."""
        known = origin.has_coordinates and destination.has_coordinates
        return self.zone_at(distance_km(origin, destination) if known else None)

    def zone_at(self, distance: float | None) -> int:
        """The index of the zone so many kilometres away; the farthest one where the distance is not known."""
        farthest = len(self.zones) - 1
        if distance is None:
            return farthest
        return next((i for i, zone in enumerate(self.zones) if distance <= zone.to_km), farthest)

    def rates(self, origin: Address, destination: Address, weight_grams: int) -> tuple[Rate, ...]:
        """Every service that takes this weight there, cheapest first."""
        zone = self.zone_of(origin, destination)
        abroad = origin.country != destination.country
        offers = [
            self._offer(service, zone, weight_grams)
            for service in self.services
            if service.international == abroad and weight_grams <= service.max_grams
        ]
        return tuple(sorted(offers, key=lambda rate: (rate.cost.amount, rate.days, rate.carrier, rate.service)))

    def _offer(self, service: ServiceRates, zone: int, weight_grams: int) -> Rate:
        return Rate(
            provider="rate_card",
            carrier=service.carrier,
            service=service.service,
            speed=service.speed,
            cost=Money.of(service.price(zone, weight_grams), self.currency),
            days=service.days[zone],
            rate_id=f"{service.carrier}:{service.service}:{zone}",
        )
