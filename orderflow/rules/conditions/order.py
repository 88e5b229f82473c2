"""What a rule may ask of the order as a whole."""

from orderflow.facts import RoutingFacts
from orderflow.money import Money
from orderflow.order import PaymentStatus
from orderflow.rules.condition import Kind, condition


@condition("the sales channel the order came from", Kind.TEXT)
def source(facts: RoutingFacts) -> str:
    """The channel's code."""
    return facts.order.source


@condition("the order's number", Kind.TEXT)
def order_number(facts: RoutingFacts) -> str:
    """What people call the order."""
    return facts.order.number


@condition("the order's total", Kind.MONEY)
def order_value(facts: RoutingFacts) -> Money:
    """The total in the order's currency."""
    return facts.order.total


@condition("the currency the order was paid in", Kind.TEXT)
def currency(facts: RoutingFacts) -> str:
    """The ISO 4217 code."""
    return facts.order.currency


@condition("what the customer paid for shipping", Kind.MONEY)
def shipping_paid(facts: RoutingFacts) -> Money | None:
    """Missing where the channel does not say."""
    return facts.order.shipping_paid


@condition("the payment's status", Kind.TEXT, choices=tuple(PaymentStatus))
def payment_status(facts: RoutingFacts) -> str:
    """What the channel says of the payment."""
    return facts.order.payment_status


@condition("whether the order is paid", Kind.FLAG)
def is_paid(facts: RoutingFacts) -> bool:
    """Whether the money is there."""
    return facts.order.is_paid


@condition("whether the order is a gift", Kind.FLAG)
def is_gift(facts: RoutingFacts) -> bool:
    """Whether the customer said so."""
    return facts.order.gift


@condition("the customer's note on the order", Kind.TEXT)
def note(facts: RoutingFacts) -> str:
    """The note; missing where there is none."""
    return facts.order.note


@condition("the order's tags", Kind.TEXTS)
def tags(facts: RoutingFacts) -> tuple[str, ...]:
    """The tags the channel gave the order."""
    return facts.order.tags


@condition("a field of the order the shop made up (a metafield)", Kind.ATTRIBUTE)
def attribute(facts: RoutingFacts, name: str) -> str | None:
    """The attribute of that name, as the channel gave it."""
    return facts.order.attributes.get(name)
