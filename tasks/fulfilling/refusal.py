"""What a partner refused is sent from elsewhere: its location is ruled out, and the units get a new plan.

1. Where nothing else of the order is under way, the whole order is decided anew, as `orders reject` does.
2. Otherwise only the refused units are: they leave their shipment, their stock is free again, and a decision is made
   for them alone. What is under way goes on.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from connectors.database import backorders, decisions, fulfillment, holds, orders, outbox, rulings, shipments, stock
from connectors.database.fulfillment import HandoverRow
from connectors.database.orders import StoredOrder
from connectors.database.shipments import ShipmentRow
from connectors.protocols import Stage
from connectors.shop import Shop
from orderflow.decision import PlannedLine
from orderflow.facts import NOTHING_RULED
from orderflow.rulings import Rejection
from tasks.labelling.begun import has_label
from tasks.labelling.desk import Desk
from tasks.rerouting.reroute import reject_location
from tasks.routing.deciding import Routed, decide_in, planned, world_of
from tasks.routing.saving import requests_of
from tasks.telling.announce import after_holding


@dataclass(frozen=True)
class Refusal:
    """Units by line that a partner will not send, of a shipment that is still planned."""

    row: HandoverRow
    shipment: ShipmentRow
    units: Mapping[int, int]

    @property
    def rejection(self) -> Rejection:
        """The ruling that follows from it."""
        return Rejection(
            location=self.row.location,
            reason=self.row.reason or "the partner will not send it",
            actor=f"partner:{self.row.partner}",
        )


def is_refused(stored: StoredOrder, rows: Sequence[ShipmentRow], known: Mapping[str, HandoverRow]) -> bool:
    """Whether units of the order wait for a new plan because a partner refused them."""
    return not stored.cancel_requested and bool(refusals_of(rows, known))


def refusals_of(rows: Sequence[ShipmentRow], known: Mapping[str, HandoverRow]) -> list[Refusal]:
    """What partners refused of these planned shipments and nobody has a new plan for."""
    found = []
    for row in rows:
        handed = known.get(row.id)
        if row.state != "pending" or handed is None:
            continue
        everything = {line.line_no: line.quantity for line in row.lines}
        units = everything if handed.stage is Stage.REJECTED else handed.to_be_replanned
        if units:
            found.append(Refusal(handed, row, units))
    return found


def send_elsewhere(shop: Shop, owner: str, stored: StoredOrder) -> None:
    """Plans anew what was refused of an order the caller has claimed."""
    with shop.database.read() as conn:
        rows = shipments.shipments_of(conn, [stored.id])[stored.id]
        refusals = refusals_of(rows, fulfillment.handovers_of(conn, [stored.id]))
        stays = has_label(conn, stored.id)
    if not stays and len(refusals) == 1:
        reject_location(shop, owner, stored, refusals[0].rejection)
        return
    routed = _decide_rest(shop, stored, refusals)
    with shop.database.write() as conn:
        _put_in_force(Desk(conn, shop, owner), stored, refusals, routed)


def _decide_rest(shop: Shop, stored: StoredOrder, refusals: Sequence[Refusal]) -> Routed:
    """The decision for the refused units alone, with the locations that refused them ruled out."""
    rest: Counter[int] = Counter()
    for refusal in refusals:
        rest.update(refusal.units)
    wanted = (line for line in stored.order.lines if rest[line.line_no])
    lines = tuple(line.model_copy(update={"quantity": rest[line.line_no]}) for line in wanted)
    part = replace(stored, order=stored.order.model_copy(update={"lines": lines}))
    world = world_of(shop, [stored])
    known = world.ruled.get(stored.id, NOTHING_RULED)
    rejections = (*known.rejections, *(refusal.rejection for refusal in refusals))
    closed = {one.location for one in rejections}
    override = known.override if known.override and known.override.location not in closed else None
    ruled = known.model_copy(update={"rejections": rejections, "override": override})
    return decide_in(shop, replace(world, ruled={**world.ruled, stored.id: ruled}), part)


def _waiting(routed: Routed) -> Sequence[PlannedLine]:
    """The units nobody can send now: customers wait for them, whether or not a person is asked what to do."""
    decision = routed.decision
    if decision.hold is None or planned(decision):
        return decision.plan.backordered
    return [
        PlannedLine(line_no=line.line_no, sku=line.sku, variant=line.variant, quantity=line.quantity)
        for line in routed.stored.order.lines
    ]


def _put_in_force(desk: Desk, stored: StoredOrder, refusals: Sequence[Refusal], routed: Routed) -> None:
    conn, decision = desk.conn, routed.decision
    for refusal in refusals:
        rulings.add_rejection(conn, stored.id, refusal.rejection)
        fulfillment.note_replanned(conn, refusal.row)
        fulfillment.split_off(conn, refusal.shipment, refusal.units)
    if stock.reserve(conn, requests_of(routed)):
        raise orders.StaleOrder("the stock for what was refused was taken meanwhile")
    decisions.save_decisions(conn, [(stored.id, decision)], {stored.id: routed.inputs})
    shipments.plan_beside(conn, stored.id, planned(decision), refusals[0].shipment.services)
    backorders.open_backorders(conn, stored.id, _waiting(routed))
    if decision.hold:
        holds.open_hold(conn, stored.id, decision.hold)
        outbox.enqueue(conn, after_holding(desk.shop, stored, decision.hold))
    refused = ", ".join(sorted({refusal.row.location for refusal in refusals}))
    orders.record(
        conn,
        stored,
        owner=desk.owner,
        step="none" if decision.hold and planned(decision) else "label",
        kind="location_rejected",
        actor=refusals[0].rejection.actor,
        note=f"{refused} does not send all of it; for the rest: {decision.reason}",
        data={"outcome": decision.outcome, "locations": [one.location for one in decision.plan.shipments]},
    )
