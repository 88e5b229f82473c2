"""Forgetting a person: what is theirs goes, what was sold and decided stays, and the audit trail still adds up.

Of each order that has ended:
1. The sealed personal data are deleted; what the rest of the document says of the person is emptied. Region and
   country stay, because reports count by them.
2. What was delivered about it, what its decision was made from, who took the parcel, where it was scanned, and the
   words of services and cases about it are emptied.
3. An event says who asked for it. Events hold ids and reasons of ours, so they and their hashes stay as they are.

Label files are for the caller to delete, after the commit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update

from connectors.database.audit.chain import write_events
from connectors.database.orders.personal_data import forgotten
from connectors.database.session import now_ms
from connectors.database.tables import decision, hold, inbox, order_pii, orders, outbox, scan, shipment, step, tracking
from orderflow.lifecycle import OrderStatus

# Of an order that still has a way to go, the address is needed.
_ENDED = (OrderStatus.FULFILLED, OrderStatus.DELIVERED, OrderStatus.CANCELLED, OrderStatus.REFUNDED)


@dataclass(frozen=True)
class Erased:
    """What became of the asked: our ids of the erased, of those that have not ended yet, and files to delete."""

    erased: tuple[str, ...]
    still_open: tuple[str, ...]
    files: tuple[str, ...]


def erase_orders(conn: Connection, order_ids: Iterable[str], *, actor: str, reason: str) -> Erased:
    """Forgets the person behind these orders, as far as they have ended; a repeat changes nothing but the timeline."""
    query = select(orders).where(orders.c.id.in_(list(order_ids))).order_by(orders.c.id).with_for_update()
    rows = conn.execute(query).all()
    ended = [row for row in rows if row.status in _ENDED]
    ids = [row.id for row in ended]
    files = tuple(conn.scalars(select(shipment.c.label_path).where(_of(shipment, ids), shipment.c.label_path != "")))
    _forget_people(conn, ended)
    _forget_parcels(conn, ids)
    _forget_words(conn, ended)
    write_events(conn, [_event(row, actor, reason, now_ms(conn)) for row in ended])
    return Erased(tuple(ids), tuple(row.id for row in rows if row.status not in _ENDED), files)


def _forget_people(conn: Connection, rows: Sequence[Any]) -> None:
    conn.execute(delete(order_pii).where(_of(order_pii, [row.id for row in rows])))
    for row in rows:
        values = {"document": forgotten(row.document), "version": row.version + 1, "last_error": ""}
        conn.execute(update(orders).where(orders.c.id == row.id).values(values))


def _forget_parcels(conn: Connection, ids: Sequence[str]) -> None:
    parcels = select(shipment.c.id).where(_of(shipment, ids))
    conn.execute(update(shipment).where(_of(shipment, ids)).values(label_path=""))
    conn.execute(update(tracking).where(tracking.c.id.in_(parcels)).values(signed_by="", proof_url="", last_error=""))
    conn.execute(update(scan).where(scan.c.shipment_id.in_(parcels)).values(place="", text=""))


def _forget_words(conn: Connection, rows: Sequence[Any]) -> None:
    ids = [row.id for row in rows]
    conn.execute(update(hold).where(_of(hold, ids)).values(detail=""))
    conn.execute(update(decision).where(_of(decision, ids)).values(inputs=None, basis=None))
    conn.execute(update(step).where(_of(step, ids)).values(error=""))
    conn.execute(update(outbox).where(_of(outbox, ids)).values(last_error=""))
    told = [(inbox.c.source == row.source) & (inbox.c.external_id == row.external_id) for row in rows]
    if told:
        read = {"state": "done", "body": b"", "note": "erased", "last_error": ""}
        conn.execute(update(inbox).where(or_(*told)).values(read))


def _of(table: Any, ids: Sequence[str]) -> Any:
    return table.c.order_id.in_(ids)


def _event(row: Any, actor: str, reason: str, now: int) -> dict[str, Any]:
    return {
        "order_id": row.id,
        "seq": row.version + 1,
        "kind": "erased",
        "from_status": row.status,
        "to_status": row.status,
        "actor_id": actor,
        "note": reason,
        "occurred_at": now,
    }
