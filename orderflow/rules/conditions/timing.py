"""What a rule may ask of time. Hours and days are local to the primary location, in UTC where none is named."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from orderflow.facts import RoutingFacts
from orderflow.rules.condition import Kind, condition


@condition("how long ago the order was placed", Kind.NUMBER, unit="minutes")
def order_age_minutes(facts: RoutingFacts) -> float:
    """Minutes since the order was placed."""
    return (facts.now - facts.order.placed_at).total_seconds() / 60


@condition("the hour the order was placed", Kind.NUMBER, unit="hour of the day, 0 to 23")
def placed_hour(facts: RoutingFacts) -> int:
    """The local hour."""
    return local(facts, facts.order.placed_at).hour


@condition("the weekday the order was placed", Kind.NUMBER, unit="ISO weekday, Monday is 1")
def placed_weekday(facts: RoutingFacts) -> int:
    """The local weekday."""
    return local(facts, facts.order.placed_at).isoweekday()


@condition("the day the order was placed", Kind.DATE)
def placed_date(facts: RoutingFacts) -> date:
    """The local day."""
    return local(facts, facts.order.placed_at).date()


@condition("the hour now", Kind.NUMBER, unit="hour of the day, 0 to 23")
def current_hour(facts: RoutingFacts) -> int:
    """The local hour."""
    return local(facts, facts.now).hour


@condition("the weekday now", Kind.NUMBER, unit="ISO weekday, Monday is 1")
def current_weekday(facts: RoutingFacts) -> int:
    """The local weekday."""
    return local(facts, facts.now).isoweekday()


@condition("the day today", Kind.DATE)
def current_date(facts: RoutingFacts) -> date:
    """The local day."""
    return local(facts, facts.now).date()


@condition("the month now", Kind.NUMBER, unit="month, 1 to 12")
def current_month(facts: RoutingFacts) -> int:
    """The local month."""
    return local(facts, facts.now).month


@condition("days until the delivery the customer asked for", Kind.NUMBER, unit="days")
def days_until_requested(facts: RoutingFacts) -> int | None:
    """Whole local days, negative when it is past; missing where no day was asked for."""
    wish = facts.order.requested_by
    return (local(facts, wish).date() - local(facts, facts.now).date()).days if wish else None


@condition("whether the location still packs today", Kind.FLAG)
def is_before_cutoff(facts: RoutingFacts, location: str) -> bool | None:
    """Whether its local time is before its cut-off; missing where the shop has no such location."""
    place = facts.locations.get(location)
    return facts.now.astimezone(ZoneInfo(place.timezone)).time() < place.cutoff if place else None


@condition("whether a carrier calls at the location today", Kind.FLAG)
def is_pickup_day(facts: RoutingFacts, location: str) -> bool | None:
    """Whether today is one of its pickup days and no holiday; missing where the shop has no such location."""
    place = facts.locations.get(location)
    if place is None:
        return None
    today = facts.now.astimezone(ZoneInfo(place.timezone)).date()
    return today.isoweekday() in place.pickup_days and today.isoformat() not in place.holidays


def local(facts: RoutingFacts, moment: datetime) -> datetime:
    """The moment on the clock of the primary location."""
    primary = facts.locations.get(facts.policy.primary_location)
    return moment.astimezone(ZoneInfo(primary.timezone if primary else "UTC"))
