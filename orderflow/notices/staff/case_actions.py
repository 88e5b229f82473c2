"""What a person could do about a held order, best first: what keeps the order comes before what ends it."""

from collections.abc import Mapping, Sequence

from orderflow.decision import Decision
from orderflow.holds import Hold, HoldReason
from orderflow.inventory import StockView
from orderflow.notices.items import product_name
from orderflow.notices.staff.recommended_actions import Offer, RecommendedAction, Shortage, shortage_actions
from orderflow.order import Order

_BY_REASON: Mapping[HoldReason, tuple[tuple[str, str], ...]] = {
    HoldReason.PAYMENT: (
        ("check_payment", "Look at the payment in the sales channel; once it is paid the order goes on by itself"),
        ("contact_customer", "Ask the customer for another way to pay"),
        ("reject", "Reject the order, which releases its stock"),
    ),
    HoldReason.ADDRESS: (
        ("correct_address", "Correct the address and resume the order"),
        ("contact_customer", "Ask the customer for the right address"),
        ("reject", "Reject the order, which releases its stock"),
    ),
    HoldReason.INVENTORY: (
        ("count_stock", "Count the stock again and resume the order"),
        ("reroute", "Send it from another location"),
        ("contact_customer", "Contact the customer and agree on waiting, another product or a refund"),
    ),
    HoldReason.FRAUD: (
        ("review", "Compare the payment's name, its country and the address, then approve the order"),
        ("contact_customer", "Ask the customer to confirm the order"),
        ("reject", "Reject the order, which releases its stock"),
    ),
    HoldReason.APPROVAL: (
        ("approve", "Approve the plan as it is"),
        ("reroute", "Send it from another location"),
        ("reject", "Reject the order, which releases its stock"),
    ),
}


def case_actions(
    hold: Hold, shortages: Sequence[Shortage] = (), offers: Sequence[Offer] = ()
) -> tuple[RecommendedAction, ...]:
    """The ways out of this case; what is short comes from elsewhere first, if somebody has it."""
    usual = tuple(RecommendedAction(code=code, text=text, by_hand=True) for code, text in _BY_REASON[hold.reason])
    if hold.reason is not HoldReason.INVENTORY or not shortages:
        return usual
    if len(shortages) == 1:
        return shortage_actions(shortages[0], offers) or usual
    return usual


def shortages_of(order: Order, decision: Decision) -> tuple[Shortage, ...]:
    """The products the decision saw too few of, all locations together."""
    stock = StockView(decision.stock)
    places = {level.location for level in decision.stock}
    found = []
    for line in order.shippable_lines:
        left = sum(stock.available(place, line.sku, line.variant) for place in places)
        if left < line.quantity:
            found.append(Shortage(product=product_name(line), ordered=line.quantity, left=max(0, left)))
    return tuple(found)
