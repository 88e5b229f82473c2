"""The ladder of stock thresholds: which rungs a stock level has fallen to, and what each asks for.

Every rung is raised once when the level reaches it and again only after the level has recovered above it.
Defaults: below 20 units an SMS to the inventory manager and a purchase-order draft, at 15 or fewer an e-mail to the
supplier, at 5 or fewer an escalation to the manager.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from orderflow.value import Value


class StockAlertAction(StrEnum):
    """What a rung asks for."""

    SMS = "sms"
    PURCHASE_ORDER_DRAFT = "purchase_order_draft"
    SUPPLIER_EMAIL = "supplier_email"
    MANAGER = "manager"


class Rung(Value):
    """One threshold: reached when units are below `units`, or at it where `inclusive`."""

    code: str
    units: int
    inclusive: bool
    actions: tuple[StockAlertAction, ...]

    def reached(self, units: int) -> bool:
        """Whether this many units are at or under the rung."""
        return units <= self.units if self.inclusive else units < self.units


class StockStatus(StrEnum):
    """The status column of the stock sheet."""

    GOOD = "Good"
    LOW = "Low"
    CRITICAL = "Critical"


def ladder(low: int, critical: int, supplier: int = 15) -> tuple[Rung, ...]:
    """The default ladder for a shop's low and critical thresholds, highest rung first."""
    return (
        Rung(
            code="low",
            units=low,
            inclusive=False,
            actions=(StockAlertAction.SMS, StockAlertAction.PURCHASE_ORDER_DRAFT),
        ),
        Rung(code="supplier", units=supplier, inclusive=True, actions=(StockAlertAction.SUPPLIER_EMAIL,)),
        Rung(code="critical", units=critical, inclusive=True, actions=(StockAlertAction.MANAGER,)),
    )


def percentage_rung(code: str, percent: int, monthly_demand: int, actions: Sequence[StockAlertAction]) -> Rung:
    """A rung at a share of the demand of a month: demand 100 and 20 % is 20 units or fewer."""
    return Rung(code=code, units=monthly_demand * percent // 100, inclusive=True, actions=tuple(actions))


def crossings(rungs: Iterable[Rung], units: int, raised: frozenset[str]) -> tuple[tuple[Rung, ...], frozenset[str]]:
    """The rungs to raise now, and those to forget because the level has recovered above them."""
    new = tuple(rung for rung in rungs if rung.reached(units) and rung.code not in raised)
    recovered = frozenset(rung.code for rung in rungs if not rung.reached(units) and rung.code in raised)
    return new, recovered


def stock_status(units: Sequence[int], low: int, critical: int) -> StockStatus:
    """The status of an SKU from its units at each location.

    Critical: the total is at or under `critical`, or a location is empty while the total is under `low`.
    Low: the total is under `low`, or a location is at or under `critical`. Good otherwise.
    """
    total = sum(units)
    if total <= critical or (total < low and 0 in units):
        return StockStatus.CRITICAL
    if total < low or any(count <= critical for count in units):
        return StockStatus.LOW
    return StockStatus.GOOD
