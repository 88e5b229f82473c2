"""How due rows are taken: by lease, each by one worker at a time.

1. Look for rows that are due and not leased, longest due first, skipping what another worker is just taking.
2. In the same statement set owner and end of the lease and raise the attempts: a row that kills its worker is
   counted, and comes back when the lease ends.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, select, update


def due(table: Table, now_ms: int, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a row of a queue wants to be worked on now and nobody holds it."""
    return and_(*conditions, table.c.next_at <= now_ms, table.c.lease_until <= now_ms)


def claim(
    conn: Connection,
    table: Table,
    wanted: ColumnElement[bool],
    *,
    owner: str,
    limit: int,
    lease_until: int,
    returning: Iterable[ColumnElement[Any]],
) -> list[Any]:
    """Leases up to `limit` of the wanted rows to `owner`; returns them longest due first.

    On SQLite the write turn already keeps other claimers out; FOR UPDATE SKIP LOCKED is rendered for PostgreSQL only.
    """
    rows = select(table.c.id).where(wanted).order_by(table.c.next_at).limit(limit).with_for_update(skip_locked=True)
    # A common table expression, because PostgreSQL may run a plain subquery again and so lock more rows than asked.
    taken = rows.cte("taken")
    statement = (
        update(table)
        .where(table.c.id.in_(select(taken.c.id)))
        .values(lease_owner=owner, lease_until=lease_until, attempts=table.c.attempts + 1)
        .returning(table.c.next_at, *returning)
    )
    return sorted(conn.execute(statement), key=lambda row: (row.next_at, row.id))


FREE = {"lease_owner": "", "lease_until": 0}
