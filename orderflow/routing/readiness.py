"""Whether an order can be routed at all, and what a person must mend first.

The checks run in this order and the first finding holds the order: payment, cancellation, something to ship, address,
products, weights, outside risk, customs. An order that is merely not paid yet is no finding: it waits.
"""

from collections.abc import Callable

from orderflow.facts import RoutingFacts
from orderflow.holds import Hold, HoldReason
from orderflow.location import LocationKind
from orderflow.order import OrderLine, PaymentStatus
from orderflow.sourcing.demand import FULFILLED_BY

# Countries whose carriers refuse a parcel without region and postal code.
_REGION_COUNTRIES = frozenset({"US", "CA", "AU"})
_NEEDED_EVERYWHERE = ("country", "line1", "city")
_NEEDED_WITH_REGIONS = ("region", "postal_code")
_PAYMENT_DONE = frozenset({PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED})
_OWN = ("own", *(kind.value for kind in LocationKind))


def awaiting_payment(facts: RoutingFacts) -> Hold | None:
    """The wait for the money, as a hold for a caller that asked about an unpaid order all the same."""
    if facts.order.payment_status in _PAYMENT_DONE:
        return None
    return Hold(
        reason=HoldReason.PAYMENT,
        code="awaiting_payment",
        field="payment_status",
        detail=f"The sales channel says the payment is {facts.order.payment_status}.",
        remedy="Nothing to do: the order goes on by itself when the sales channel reports it paid.",
    )


def problem_of(facts: RoutingFacts, *, approved: bool = False) -> Hold | None:
    """The first thing that keeps the order from being routed, or None. An unpaid order is not a problem yet.

    `approved` says a person has let the order pass: an outside service's risk no longer holds it, facts still do.
    """
    checks = (check for check in _CHECKS if not (approved and check is _risk))
    return next((hold for check in checks if (hold := check(facts))), None)


def _risk(facts: RoutingFacts) -> Hold | None:
    """A fraud hold where an outside service calls the risk high; we judge no payment ourselves."""
    if facts.order.risk.casefold() != "high":
        return None
    return Hold(
        reason=HoldReason.FRAUD,
        code="high_risk",
        field="risk",
        detail="The sales channel's fraud service calls the risk of this order high.",
        remedy="Look at the order in the fraud service, then approve or cancel it.",
    )


def _payment(facts: RoutingFacts) -> Hold | None:
    status = facts.order.payment_status
    if status not in (PaymentStatus.FAILED, PaymentStatus.REFUNDED):
        return None
    failed = status is PaymentStatus.FAILED
    return Hold(
        reason=HoldReason.PAYMENT,
        code="payment_failed" if failed else "refunded",
        field="payment_status",
        detail=f"The sales channel says the payment is {status}.",
        remedy="Ask the customer for another payment, or cancel the order." if failed else "Cancel the order.",
    )


def _cancelled(facts: RoutingFacts) -> Hold | None:
    if facts.order.cancelled_at is None:
        return None
    return Hold(
        reason=HoldReason.PAYMENT,
        code="cancelled",
        field="cancelled_at",
        detail=f"The sales channel cancelled the order at {facts.order.cancelled_at:%Y-%m-%d %H:%M} UTC.",
        remedy="Cancel it here too; if it was cancelled by mistake, reopen it in the sales channel.",
    )


def _nothing_to_ship(facts: RoutingFacts) -> Hold | None:
    if facts.order.shippable_lines:
        return None
    return Hold(
        reason=HoldReason.INVENTORY,
        code="nothing_to_ship",
        field="lines",
        detail="No line of the order has to be shipped.",
        remedy="Fulfil gift cards and downloads in the sales channel, or add the missing lines there.",
    )


def _address(facts: RoutingFacts) -> Hold | None:
    destination = facts.order.destination
    needed = _NEEDED_EVERYWHERE + (_NEEDED_WITH_REGIONS if destination.country in _REGION_COUNTRIES else ())
    if not facts.street_required:
        needed = tuple(name for name in needed if name != "line1")
    missing = next((name for name in needed if not getattr(destination, name).strip()), None)
    if missing:
        return _address_hold("missing_address_field", missing, f"The address has no {missing.replace('_', ' ')}.")
    if facts.address_problem:
        field, wrong = facts.address_problem
        return _address_hold("invalid_address", field, f"The address check says of {field}: {wrong}.")
    return None


def _address_hold(code: str, field: str, detail: str) -> Hold:
    return Hold(
        reason=HoldReason.ADDRESS,
        code=code,
        field=f"destination.{field.removeprefix('destination.')}",
        detail=detail,
        remedy="Ask the customer and correct the address on the order.",
    )


def _unknown_product(facts: RoutingFacts) -> Hold | None:
    line = next((line for line in facts.order.shippable_lines if not _is_known(facts, line)), None)
    if line is None:
        return None
    what = f"SKU {line.sku}" + (f" in variant {line.variant}" if line.variant else "") if line.sku else "no SKU"
    return Hold(
        reason=HoldReason.INVENTORY,
        code="unknown_sku",
        field=f"lines[{line.line_no}].sku",
        detail=f"Line {line.line_no} has {what}, which is not among the products we know.",
        remedy="Add the product or correct its SKU in the sales channel, then run the stock sync.",
    )


def _is_known(facts: RoutingFacts, line: OrderLine) -> bool:
    if not line.sku:
        return False
    item = (line.sku, line.variant)
    return item in facts.known_skus or any(facts.stock.level(code, *item) for code in facts.locations)


def _unknown_source(facts: RoutingFacts) -> Hold | None:
    for line in facts.order.shippable_lines:
        fixed = line.attributes.get(FULFILLED_BY, "")
        if fixed and fixed not in _OWN and fixed not in facts.locations:
            return Hold(
                reason=HoldReason.INVENTORY,
                code="unknown_source",
                field=f"lines[{line.line_no}].attributes.{FULFILLED_BY}",
                detail=f"Line {line.line_no} may ship from {fixed} only, and there is no such location.",
                remedy=f"Add the location {fixed}, or correct the product's {FULFILLED_BY}.",
            )
    return None


def _missing_weight(facts: RoutingFacts) -> Hold | None:
    line = next((line for line in facts.order.shippable_lines if not line.weight_grams), None)
    if line is None:
        return None
    return Hold(
        reason=HoldReason.INVENTORY,
        code="missing_weight",
        field=f"lines[{line.line_no}].weight_grams",
        detail=f"Line {line.line_no} ({line.sku}) has no weight, so no carrier can be asked for a rate.",
        remedy="Enter the product's weight in the sales channel.",
    )


def _customs(facts: RoutingFacts) -> Hold | None:
    if facts.policy.customs_ready or not facts.order.is_international_from(facts.policy.home_country):
        return None
    return Hold(
        reason=HoldReason.ADDRESS,
        code="customs_not_ready",
        field="destination.country",
        detail=f"The order goes to {facts.order.destination.country}, and customs papers are not set up.",
        remedy="Set up customs documents and carriers for orders abroad, then set customs_ready in the policy.",
    )


_CHECKS: tuple[Callable[[RoutingFacts], Hold | None], ...] = (
    _payment,
    _cancelled,
    _nothing_to_ship,
    _address,
    _unknown_product,
    _unknown_source,
    _missing_weight,
    _risk,
    _customs,
)
