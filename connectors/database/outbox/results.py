"""What came of sending. Every result is refused where the lease was lost in between."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Update, bindparam, literal_column, select, update

from connectors.database.outbox.doubts import APPEARS_WITHIN_MS
from connectors.database.outbox.messages import OutboxRow, as_message
from connectors.database.session import now_ms
from connectors.database.statements.batch import as_parameter, columns_of, storable, table_to_come
from connectors.database.statements.claims import FREE
from connectors.database.tables import outbox

# Written out as in the partial index of what people must look at.
_FOR_PEOPLE = outbox.c.state.in_([literal_column("'uncertain'"), literal_column("'dead'")])
_SETTLE = (
    update(outbox)
    .where(outbox.c.id == bindparam("message"), outbox.c.lease_owner == bindparam("sender"))
    .values(**FREE)
)


def sent(conn: Connection, row_id: str, owner: str, receipt: str = "") -> bool:
    """Notes that the message went out, with the service's id of it; False where the lease was lost."""
    return not sent_many(conn, {row_id: receipt}, owner)


def sent_many(conn: Connection, receipts: Mapping[str, str], owner: str) -> frozenset[str]:
    """Notes that messages went out, by id with their receipts; returns the ids whose lease was lost."""
    if not receipts:
        return frozenset()
    rows = [{"id": row_id, "receipt": receipts[row_id]} for row_id in sorted(receipts)]
    known = {"done_rows": as_parameter(rows), "sender": owner, "sent_at": now_ms(conn)}
    return frozenset(receipts) - set(conn.scalars(_sent(conn.dialect.name), known))


@cache
def _sent(engine: str) -> Update:
    done = table_to_come(engine, "done", columns_of(outbox, ("id", "receipt")))
    mine = (outbox.c.id == done.c.id, outbox.c.lease_owner == bindparam("sender"), outbox.c.state == "sending")
    values = {"state": "sent", "receipt": done.c.receipt, "last_error": "", **FREE}
    return update(outbox).where(*mine).values(**values).returning(outbox.c.id)


def send_later(conn: Connection, row_id: str, owner: str, wait_seconds: float, error: str) -> bool:
    """Puts back a message that certainly did not go out; False where the lease was lost."""
    next_at = now_ms(conn) + round(wait_seconds * 1000)
    return _settle(conn, row_id, owner, state="new", next_at=next_at, last_error=storable(error))


def uncertain(conn: Connection, row_id: str, owner: str, error: str) -> bool:
    """Notes that nobody knows whether it went out: its service or a person is asked; False where the lease was lost."""
    next_at = now_ms(conn) + APPEARS_WITHIN_MS
    return _settle(conn, row_id, owner, state="uncertain", next_at=next_at, last_error=storable(error))


def bury_outbox(conn: Connection, row_id: str, owner: str, error: str) -> bool:
    """Gives up a message that can never go out, and keeps it for a person; False where the lease was lost."""
    return _settle(conn, row_id, owner, state="dead", last_error=storable(error))


def outbox_queue(
    conn: Connection, states: Sequence[str] = ("uncertain", "dead"), *, limit: int = 500
) -> list[OutboxRow]:
    """The messages that wait for a person, oldest first; those of some of the two states, or all."""
    query = select(outbox).where(_FOR_PEOPLE, outbox.c.state.in_(states)).order_by(outbox.c.created_at).limit(limit)
    return [as_message(row) for row in conn.execute(query)]


def send_again(conn: Connection, row_id: str) -> bool:
    """A person's word that the message is to be sent (again); False where it does not wait for a person."""
    return _decide(conn, row_id, state="new", attempts=0, next_at=now_ms(conn))


def confirm_sent(conn: Connection, row_id: str, receipt: str = "") -> bool:
    """Word that the message did go out, or need not any more; False where it does not wait for a person."""
    return _decide(conn, row_id, state="sent", receipt=receipt, sent_at=now_ms(conn))


def _settle(conn: Connection, row_id: str, owner: str, **values: Any) -> bool:
    return conn.execute(_SETTLE, {"message": row_id, "sender": owner, **values}).rowcount == 1


def _decide(conn: Connection, row_id: str, **values: Any) -> bool:
    waits = (outbox.c.id == row_id, _FOR_PEOPLE)
    return conn.execute(update(outbox).where(*waits).values(**values)).rowcount == 1
