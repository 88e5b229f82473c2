"""The part of an order that got its units, and the decision made for it alone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from connectors.database import orders
from connectors.database.backorders import BackorderRow
from connectors.database.orders import StoredOrder
from connectors.shop import Shop
from orderflow.backorders.refill import Grant
from orderflow.facts import NOTHING_RULED
from tasks.routing.deciding import Routed, World, decide_in, planned, world_of


@dataclass(frozen=True)
class Part:
    """Granted units of one order by their backorder, and where they are sent from."""

    granted: tuple[tuple[BackorderRow, Grant], ...]
    routed: Routed

    @property
    def units(self) -> int:
        """How many units were granted."""
        return sum(grant.units for _, grant in self.granted)

    @property
    def unsent(self) -> frozenset[str]:
        """The backorders whose units the decision does not send: all of them where it holds the order."""
        sent = Counter[int]()
        for shipment in planned(self.routed.decision):
            sent.update({line.line_no: line.quantity for line in shipment.lines})
        held = self.routed.decision.hold is not None
        return frozenset(row.id for row, grant in self.granted if held or sent[row.line_no] < grant.units)


def decided(shop: Shop, queue: Sequence[BackorderRow], given: Sequence[Grant]) -> list[Part]:
    """The decision of every order that got something, in the order of turns; each takes its units from those after it.

    The orders were let pass when they were first decided: neither a limit nor a rule holds them for approval again.
    """
    granted = _by_order(queue, given)
    with shop.database.read() as conn:
        stored = [_narrowed(one, granted[one.id]) for one in orders.load_orders(conn, shop.vault, granted)]
    world = _let_pass(world_of(shop, stored), stored)
    parts = []
    for one in stored:
        routed = decide_in(shop, world, one)
        world.shelf.take(routed.decision)
        parts.append(Part(tuple(granted[one.id]), routed))
    return parts


def not_sendable(parts: Sequence[Part]) -> frozenset[str]:
    """The backorders that got units nobody can send them."""
    return frozenset().union(*(part.unsent for part in parts))


def _by_order(queue: Sequence[BackorderRow], given: Sequence[Grant]) -> Mapping[str, list[tuple[BackorderRow, Grant]]]:
    grants = {grant.backorder_id: grant for grant in given}
    found: dict[str, list[tuple[BackorderRow, Grant]]] = {}
    for row in queue:
        if row.id in grants:
            found.setdefault(row.order_id, []).append((row, grants[row.id]))
    return found


def _narrowed(stored: StoredOrder, granted: Sequence[tuple[BackorderRow, Grant]]) -> StoredOrder:
    units = {row.line_no: grant.units for row, grant in granted}
    wanted = (line for line in stored.order.lines if line.line_no in units)
    lines = tuple(line.model_copy(update={"quantity": units[line.line_no]}) for line in wanted)
    return replace(stored, order=stored.order.model_copy(update={"lines": lines}))


def _let_pass(world: World, batch: Sequence[StoredOrder]) -> World:
    known = {stored.id: world.ruled.get(stored.id, NOTHING_RULED) for stored in batch}
    passed = {"approved": True, "approved_cost": None}
    return replace(world, ruled={key: ruled.model_copy(update=passed) for key, ruled in known.items()})
