"""Reference rates by zone and weight: what sourcing reckons with before a label is bought."""

from decimal import Decimal

from pydantic import Field

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
    """One carrier service: per zone the price of the first weight step and of each further one, and the days.

    Price = `base[zone] + per_step[zone] × (steps − 1)`, a step being `step_grams` begun.
    """

    carrier: str
    service: str
    speed: ShippingSpeed
    step_grams: int = Field(default=454, gt=0)
    max_grams: int = 31_750
    base: tuple[Decimal, ...]
    per_step: tuple[Decimal, ...]
    days: tuple[int, ...]
    international: bool = False


class RateCard(Value):
    """A shop's reference rates in one currency. Zones are ordered from near to far; the last one has no end."""

    currency: str
    zones: tuple[Zone, ...]
    services: tuple[ServiceRates, ...]
    source: str = ""

    def zone_of(self, origin: Address, destination: Address) -> int:
        """The index of the zone; the farthest one where either address has no coordinates."""
        if not (origin.has_coordinates and destination.has_coordinates):
            return len(self.zones) - 1
        distance = distance_km(origin, destination)
        return next((i for i, zone in enumerate(self.zones) if distance <= zone.to_km), len(self.zones) - 1)

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
        steps = max(1, -(-weight_grams // service.step_grams))
        price = service.base[zone] + service.per_step[zone] * (steps - 1)
        return Rate(
            provider="rate_card",
            carrier=service.carrier,
            service=service.service,
            speed=service.speed,
            cost=Money.of(price, self.currency),
            days=service.days[zone],
            rate_id=f"{service.carrier}:{service.service}:{zone}",
        )
