"""Putting a refill in force: reservation, shipments, backorders, decision and event in one commit."""

from sqlalchemy import Connection

from connectors.database import backorders, decisions, holds, orders, outbox, shipments, stock
from connectors.database.orders import StaleOrder, StoredOrder
from connectors.shop import Shop
from orderflow.notices.order_event import EventType
from tasks.refilling.parts import Part
from tasks.routing.deciding import planned
from tasks.routing.saving import requests_of, services_of
from tasks.telling.announce import event_items

ACTOR = "system:refill-backorders"


def put_in_force(shop: Shop, owner: str, part: Part) -> bool:
    """Reserves the units and makes the order due for its labels; False, and nothing written, where it moved on."""
    order_id = part.routed.stored.id
    stored = orders.claim_order(shop.database, shop.vault, order_id, owner)
    if stored is None:
        return False
    try:
        with shop.database.write() as conn:
            _write(conn, shop, owner, stored, part)
    except (StaleOrder, stock.AlreadyReserved):
        return False
    finally:
        orders.release_lease(shop.database, order_id, owner)
    return True


def _write(conn: Connection, shop: Shop, owner: str, stored: StoredOrder, part: Part) -> None:
    if stored.version != part.routed.stored.version or holds.hold_of(conn, stored.id):
        raise StaleOrder(f"order {stored.id} moved on while its units were given out")
    decision = part.routed.decision
    backorders.take_up_again(conn, stored.id)
    if stock.reserve(conn, requests_of(part.routed)):
        raise StaleOrder("the units were taken meanwhile")
    _allocate(conn, part)
    decisions.save_decisions(conn, [(stored.id, decision)], {stored.id: part.routed.inputs})
    shipments.plan_beside(conn, stored.id, planned(decision), services_of(decision))
    turns = "; ".join(sorted({grant.turn for _, grant in part.granted}))
    changed = orders.record(
        conn,
        stored,
        owner=owner,
        step="label" if shop.configuration.fulfillment.auto_generate_labels else "none",
        kind="refilled",
        actor=ACTOR,
        note=f"{part.units} unit(s) came ({turns}); {decision.reason}",
        data={"units": part.units, "locations": [one.location for one in decision.plan.shipments]},
    )
    outbox.enqueue(conn, event_items(shop, changed, EventType.ROUTED, f"{stored.id}/{changed.version}/refilled"))


def _allocate(conn: Connection, part: Part) -> None:
    for row, grant in part.granted:
        whole = grant.units == row.quantity
        done = (
            backorders.settle_backorder(conn, row.id, "allocated")
            if whole
            else backorders.allocate_part(conn, row.id, grant.units)
        )
        if not done:
            raise StaleOrder(f"backorder {row.id} is no longer waited for")
