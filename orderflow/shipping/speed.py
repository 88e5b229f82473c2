"""How fast an order is asked to be, and the day it is due."""

from datetime import date
from zoneinfo import ZoneInfo

from orderflow.facts import RoutingFacts
from orderflow.order import Order
from orderflow.policy import RoutingPolicy
from orderflow.rules.actions import Actions
from orderflow.shipping.promise import MONDAY_TO_FRIDAY, days_later
from orderflow.shipping.rate import ShippingSpeed
from orderflow.shipping.rate_choice import ServiceWish
from orderflow.shipping.time_zones import zone_at

# What shops call their shipping methods; the first word found decides, fastest speed first.
_WORDS = (
    (ShippingSpeed.OVERNIGHT, ("overnight", "next day", "next-day", "one day", "1-day")),
    (ShippingSpeed.EXPEDITED, ("expedited", "express", "two day", "two-day", "2-day", "2 day", "priority")),
    (ShippingSpeed.ECONOMY, ("economy", "saver", "slow")),
    (ShippingSpeed.STANDARD, ("standard", "ground")),
)


def speed_bought(order: Order) -> ShippingSpeed | None:
    """The speed the customer chose at checkout, or None where the method's name tells none."""
    method = order.shipping_method.casefold()
    return next((speed for speed, words in _WORDS if any(word in method for word in words)), None)


def service_wish(facts: RoutingFacts, actions: Actions) -> ServiceWish:
    """What the order asks of a carrier: a rule before the customer, the customer before the shop's default."""
    speed = actions.shipping_speed or speed_bought(facts.order) or facts.policy.default_speed
    carrier = (actions.carrier or facts.order.customer.preferred_carrier).casefold()
    return ServiceWish(speed=speed, within_days=actions.delivery_days, carrier=carrier)


def due_day(facts: RoutingFacts, wish: ServiceWish) -> date:
    """The last day, by the destination's clock, on which the parcel is in time.

    Counted from today in business days: the asked days, or those of the speed by the policy (by the
    default policy where it leaves the speed out); never later than the
    day the customer asked for.
    """
    zone = ZoneInfo(zone_at(facts.order.destination))
    days = _days_of(facts, wish)
    due = days_later(facts.now.astimezone(zone).date(), days, MONDAY_TO_FRIDAY, ())
    asked = facts.order.requested_by
    return min(due, asked.astimezone(zone).date()) if asked else due


def _days_of(facts: RoutingFacts, wish: ServiceWish) -> int:
    if wish.within_days is not None:
        return wish.within_days
    ours = facts.policy.speed_days
    return ours[wish.speed] if wish.speed in ours else RoutingPolicy().speed_days[wish.speed]
