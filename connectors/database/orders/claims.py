"""Taking due orders and putting them back."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    String,
    Update,
    bindparam,
    case,
    literal_column,
    update,
)

from connectors.database.orders.personal_data import Vault
from connectors.database.orders.stored import COLUMNS, StoredOrder, stored_order
from connectors.database.session import Database, now_ms
from connectors.database.statements.batch import as_parameter, storable, table_to_come
from connectors.database.statements.claims import FREE, NOW, Time, claim, claiming, due
from connectors.database.tables import orders

# Written out, not bound: only so can the planner see that the partial index of due orders answers the query.
_WAITS = orders.c.step != literal_column("'none'")


@dataclass(frozen=True)
class Postponement:
    """An order to be put back for a while; an attempt that was not its fault (a breaker open) is not counted."""

    order_id: str
    wait_seconds: float
    error: str
    count_attempt: bool = True


def orders_due_for(step: str | ColumnElement[str], now: Time) -> ColumnElement[bool]:
    """The orders that want this step now and are leased to nobody."""
    return due(orders, now, _WAITS, orders.c.step == step)


_CLAIM = claiming(orders, orders_due_for(bindparam("due_step"), NOW), COLUMNS)


def claim_orders(
    db: Database, vault: Vault, step: str, owner: str, *, limit: int, lease_seconds: float = 60
) -> list[StoredOrder]:
    """Leases up to `limit` orders that are due for this step, longest due first, in a transaction of its own.

    The attempts are raised here, so an order that kills its worker is counted.
    """
    with db.write() as conn:
        lease = {"owner": owner, "now": now_ms(conn), "lease_seconds": lease_seconds}
        return [stored_order(row, vault) for row in claim(conn, _CLAIM, **lease, limit=limit, due_step=step)]


def postpone(
    conn: Connection,
    stored: StoredOrder,
    *,
    owner: str,
    wait_seconds: float,
    error: str,
    count_attempt: bool = True,
) -> None:
    """Puts a leased order back, to be due after the wait; no event. Does nothing where the lease was lost."""
    postpone_batch(conn, [Postponement(stored.id, wait_seconds, error, count_attempt)], owner)


def postpone_batch(conn: Connection, postponements: Sequence[Postponement], owner: str) -> None:
    """Puts many leased orders back at once; those whose lease was lost are left alone."""
    if not postponements:
        return
    now = now_ms(conn)
    rows = [
        {
            "id": item.order_id,
            "next_at": now + round(item.wait_seconds * 1000),
            "error": storable(item.error),
            "counted": item.count_attempt,
        }
        for item in postponements
    ]
    conn.execute(_postponing(conn.dialect.name), {"later_rows": as_parameter(rows), "worker": owner})


@cache
def _postponing(engine: str) -> Update:
    columns = {"id": String(), "next_at": BigInteger(), "error": String(), "counted": Boolean()}
    later = table_to_come(engine, "later", columns)
    attempts = case((later.c.counted, orders.c.attempts), else_=orders.c.attempts - 1)
    mine = update(orders).where(orders.c.id == later.c.id, orders.c.lease_owner == bindparam("worker"))
    return mine.values(next_at=later.c.next_at, last_error=later.c.error, attempts=attempts, **FREE)
