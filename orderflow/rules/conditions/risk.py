"""What a rule may ask of the risk: only what outside services or the address check said, nothing computed here."""

from orderflow.facts import RoutingFacts
from orderflow.rules.condition import Kind, condition


@condition("the risk an outside service gave the order", Kind.TEXT, choices=("low", "medium", "high"))
def risk(facts: RoutingFacts) -> str:
    """Missing where no service was asked."""
    return facts.order.risk


@condition("whether the address check found something", Kind.FLAG)
def has_address_problem(facts: RoutingFacts) -> bool:
    """Whether there is a problem a person must look at."""
    return facts.address_problem is not None


@condition("the field of the address that is wrong", Kind.TEXT)
def address_problem_field(facts: RoutingFacts) -> str | None:
    """Missing where the address is good."""
    return facts.address_problem[0] if facts.address_problem else None


@condition("whether the order was cancelled at the channel", Kind.FLAG)
def is_cancelled(facts: RoutingFacts) -> bool:
    """Whether the channel says so."""
    return facts.order.cancelled_at is not None
