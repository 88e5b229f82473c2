"""What a rule may ask of the customer."""

from orderflow.facts import RoutingFacts
from orderflow.rules.condition import Kind, condition


@condition("the customer's tier", Kind.TEXT)
def customer_tier(facts: RoutingFacts) -> str:
    """The tier as the shop calls it ("VIP")."""
    return facts.order.customer.tier


@condition("the customer's type", Kind.TEXT)
def customer_type(facts: RoutingFacts) -> str:
    """The type as the shop calls it ("b2b")."""
    return facts.order.customer.customer_type


@condition("the customer's id at the sales channel", Kind.TEXT)
def customer_id(facts: RoutingFacts) -> str:
    """The channel's id; missing for a guest."""
    return facts.order.customer.customer_id


@condition("the customer's tags", Kind.TEXTS)
def customer_tags(facts: RoutingFacts) -> tuple[str, ...]:
    """The tags the channel gave the customer."""
    return facts.order.customer.tags


@condition("how many orders the customer has placed", Kind.NUMBER, unit="orders")
def customer_order_count(facts: RoutingFacts) -> int:
    """The channel's count; 0 where it does not say."""
    return facts.order.customer.order_count


@condition("whether the customer has ordered before", Kind.FLAG)
def is_returning_customer(facts: RoutingFacts) -> bool:
    """Whether the channel counts more than this one order."""
    return facts.order.customer.order_count > 1


@condition("the carrier the customer prefers", Kind.TEXT)
def preferred_carrier(facts: RoutingFacts) -> str:
    """The carrier's code; missing where there is no preference."""
    return facts.order.customer.preferred_carrier


@condition("how the customer wants to be told", Kind.TEXT, choices=("email", "sms"))
def customer_notify_by(facts: RoutingFacts) -> str:
    """The way of telling."""
    return facts.order.customer.notify_by


@condition("the domain of the customer's e-mail address", Kind.TEXT)
def customer_email_domain(facts: RoutingFacts) -> str:
    """What stands after the @."""
    return facts.order.customer.email.rpartition("@")[2]


@condition("whether there is a phone number for the delivery", Kind.FLAG)
def has_phone(facts: RoutingFacts) -> bool:
    """Whether the customer or the address has one."""
    return bool(facts.order.customer.phone or facts.order.destination.phone)
