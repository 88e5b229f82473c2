"""Preview: what deciding an order now would change; nothing is written."""

from connectors.database import decisions, shipments, stock
from connectors.database.orders import StoredOrder
from connectors.shop import Shop
from orderflow.decision import Decision
from orderflow.rulings.recheck import differences
from tasks.routing.deciding import decide_all


def preview(shop: Shop, stored: StoredOrder) -> tuple[Decision, list[str]]:
    """The decision as it would be now, and what taking it would change; writes nothing."""
    decision = decide_all(shop, [stored])[0].decision
    with shop.database.read() as conn:
        rows = shipments.shipments_of(conn, [stored.id]).get(stored.id, [])
        held = stock.reservations_of(conn, stored.id)
    changes = [f"release {r.quantity} × {r.sku} at {r.location}" for r in held if r.state == "held"]
    changes += [f"void label {row.tracking_number} of {row.carrier}" for row in rows if row.tracking_number]
    for shipment in decision.plan.shipments:
        units = ", ".join(f"{line.quantity} × {line.sku}" for line in shipment.lines)
        changes.append(f"reserve {units} at {shipment.location} and buy a label (about {shipment.estimated_cost})")
    return decision, changes


def changes_since(shop: Shop, stored: StoredOrder) -> tuple[str, ...]:
    """What is different now from the order's newest decision, a sentence each: what an approval would take.

    The order's own reserved units count as there for it.
    """
    with shop.database.read() as conn:
        before = decisions.latest_decision(conn, stored.id)
    if before is None:
        return ()
    return differences(before.plan, decide_all(shop, [stored], as_if_free=True)[0].decision.plan)
