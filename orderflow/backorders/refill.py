"""Who gets the units that came, first in first out.

1. The oldest order has the first turn; each backorder takes what it needs from what is free of its product.
2. What it needs is not all there: with `partly` it takes what there is and goes on waiting for the rest.
3. Without `partly` it takes nothing, and nobody behind it gets any of that product: its turn is kept, however many of
   the younger ones could be served. With `may_skip` they are.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from orderflow.value import Value

Item = tuple[str, str]
"""(SKU, variant)"""


class RefillRules(Value):
    """How strictly the queue is kept: may part of a backorder be sent, may a younger one go before an older one."""

    partly: bool = False
    may_skip: bool = False


class Turn(StrEnum):
    """How a backorder came to its units, for the order's timeline."""

    FIRST = "first in, first out"
    PART = "a part of it, as refill.partly allows"
    SKIPPED = "before older ones that need more than came, as refill.may_skip allows"


class Waiting(Value):
    """Units of an order line in the queue."""

    backorder_id: str
    sku: str
    variant: str
    units: int


class Grant(Value):
    """Units that came for one backorder, and which rule gave them."""

    backorder_id: str
    units: int
    turn: Turn


def grants(queue: Iterable[Waiting], free: Mapping[Item, int], rules: RefillRules) -> Sequence[Grant]:
    """Who gets how many of the free units; `queue` is in the order of turns. What nobody gets stays free."""
    left = Counter(free)
    passed: set[Item] = set()
    given = []
    for waiting in queue:
        item = (waiting.sku, waiting.variant)
        units = 0 if item in passed and not rules.may_skip else _units(waiting, left[item], rules)
        if units < waiting.units:
            passed.add(item)
        if units:
            left[item] -= units
            given.append(
                Grant(backorder_id=waiting.backorder_id, units=units, turn=_turn(waiting, units, item, passed))
            )
    return given


def _units(waiting: Waiting, free: int, rules: RefillRules) -> int:
    if free >= waiting.units:
        return waiting.units
    return max(0, free) if rules.partly else 0


def _turn(waiting: Waiting, units: int, item: Item, passed: set[Item]) -> Turn:
    if units < waiting.units:
        return Turn.PART
    return Turn.SKIPPED if item in passed else Turn.FIRST
