"""What a rule may ask of the shipping, reckoned with the shop's reference rates."""

from orderflow.facts import RoutingFacts
from orderflow.money import Money
from orderflow.rules.condition import Kind, condition
from orderflow.rules.conditions.items import total_weight
from orderflow.shipping.rate import Rate


@condition("the shipping method the customer chose", Kind.TEXT)
def shipping_method(facts: RoutingFacts) -> str:
    """What the channel calls it."""
    return facts.order.shipping_method


@condition("whether the customer asked for a day of delivery", Kind.FLAG)
def has_requested_date(facts: RoutingFacts) -> bool:
    """Whether there is one."""
    return facts.order.requested_by is not None


@condition("the lowest rate from the location", Kind.MONEY)
def cheapest_rate(facts: RoutingFacts, location: str) -> Money | None:
    """Missing where the weight is unknown or no service goes there."""
    return min((rate.cost for rate in rates_from(facts, location)), default=None)


@condition("the lowest rate from any location", Kind.MONEY)
def cheapest_shipping_cost(facts: RoutingFacts) -> Money | None:
    """Whether or not that location has the stock."""
    return min((rate.cost for code in facts.locations for rate in rates_from(facts, code)), default=None)


@condition("the fewest days in transit from the location", Kind.NUMBER, unit="business days")
def fastest_days(facts: RoutingFacts, location: str) -> int | None:
    """Missing where the weight is unknown or no service goes there."""
    return min((rate.days for rate in rates_from(facts, location)), default=None)


@condition("the carriers that go there from the location", Kind.TEXTS)
def carriers_from(facts: RoutingFacts, location: str) -> tuple[str, ...]:
    """The carriers with a rate for this order."""
    return tuple(sorted({rate.carrier for rate in rates_from(facts, location)}))


@condition("whether the location ships abroad", Kind.FLAG)
def ships_international(facts: RoutingFacts, location: str) -> bool | None:
    """Missing where the shop has no such location."""
    place = facts.locations.get(location)
    return place.ships_international if place else None


@condition("whether the shop can write customs documents", Kind.FLAG)
def customs_ready(facts: RoutingFacts) -> bool:
    """What the policy says."""
    return facts.policy.customs_ready


def rates_from(facts: RoutingFacts, location: str) -> tuple[Rate, ...]:
    """Every reference rate for the whole order from the location, cheapest first; () where none is known."""
    place = facts.locations.get(location)
    weight_grams = total_weight(facts.order.shippable_lines)
    if place is None or not weight_grams:
        return ()
    return facts.rate_card.rates(place.address, facts.order.destination, weight_grams)
