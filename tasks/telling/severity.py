"""How urgent the case of an order is."""

from connectors.shop import Shop
from orderflow.money import Money
from orderflow.notices.staff.escalation import Severity


def severity_of(shop: Shop, total: Money) -> Severity:
    """High for an order of the value that needs approval, low for any other."""
    limit = shop.configuration.routing.approval.limit
    is_dear = limit is not None and limit.currency == total.currency and total >= limit
    return Severity.HIGH if is_dear else Severity.LOW
