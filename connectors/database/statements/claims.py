"""How due rows are taken: by lease, each by one worker at a time.

1. Look for rows that are due and not leased, longest due first, skipping what another worker is just taking.
2. In the same statement set owner and end of the lease and raise the attempts: a row that kills its worker is
   counted, and comes back when the lease ends.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    String,
    Table,
    Update,
    and_,
    bindparam,
    select,
    update,
)

Time = int | ColumnElement[int]

# The time of an execution, for statements that are built once.
NOW = bindparam("now", type_=BigInteger)


def due(table: Table, now: Time, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a row of a queue wants to be worked on now and nobody holds it."""
    return and_(*conditions, table.c.next_at <= now, table.c.lease_until <= now)


def claiming(table: Table, wanted: ColumnElement[bool], returning: Iterable[ColumnElement[Any]]) -> Update:
    """The statement by which the wanted rows of a queue are leased: built once, run by `claim`.

    On SQLite the write turn already keeps other claimers out; FOR UPDATE SKIP LOCKED is rendered for PostgreSQL only.
    """
    most = bindparam("most", type_=Integer)
    rows = select(table.c.id).where(wanted).order_by(table.c.next_at).limit(most).with_for_update(skip_locked=True)
    # A common table expression, because PostgreSQL may run a plain subquery again and so lock more rows than asked.
    taken = rows.cte("taken")
    lease = {
        "lease_owner": bindparam("worker", type_=String),
        "lease_until": bindparam("leased_until", type_=BigInteger),
        "attempts": table.c.attempts + 1,
    }
    return update(table).where(table.c.id.in_(select(taken.c.id))).values(lease).returning(*returning)


def claim(
    conn: Connection,
    claiming: Update,
    *,
    owner: str,
    limit: int,
    now: int,
    lease_seconds: float,
    **queue: str,
) -> list[Any]:
    """Leases up to `limit` rows to `owner`; returns them longest due first. `queue` is what else the statement asks."""
    lease = {"worker": owner, "most": limit, "now": now, "leased_until": now + round(lease_seconds * 1000)}
    return sorted(conn.execute(claiming, lease | queue), key=lambda row: (row.next_at, row.id))


FREE = {"lease_owner": "", "lease_until": 0}
