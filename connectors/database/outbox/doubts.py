"""Messages of unknown fate whose service can be asked, and when each is to be asked next."""

from collections.abc import Sequence

from sqlalchemy import Connection, literal_column, select, update

from connectors.database.outbox.messages import OutboxRow, as_message
from connectors.database.session import now_ms
from connectors.database.tables import outbox

# Written out as in the partial index of what people must look at.
_FOR_PEOPLE = outbox.c.state.in_([literal_column("'uncertain'"), literal_column("'dead'")])

# A service that lists its messages shows a new one within this time; before that nobody asks.
APPEARS_WITHIN_MS = 120_000

_DOUBTED = (_FOR_PEOPLE, outbox.c.state == "uncertain", outbox.c.stage == "notify")


def has_doubts(conn: Connection) -> bool:
    """Whether there is any message to people whose fate is unknown."""
    return conn.scalar(select(outbox.c.id).where(*_DOUBTED).limit(1)) is not None


def doubts_due(conn: Connection, *, limit: int) -> list[OutboxRow]:
    """The messages to people whose fate is unknown and may be asked for now, oldest first."""
    due = outbox.c.next_at <= now_ms(conn)
    query = select(outbox).where(*_DOUBTED, due).order_by(outbox.c.created_at).limit(limit)
    return [as_message(row) for row in conn.execute(query)]


def ask_later(conn: Connection, row_ids: Sequence[str], wait_seconds: float) -> None:
    """The messages are not asked for again before so much time has passed; one that was settled is left alone."""
    next_at = now_ms(conn) + round(wait_seconds * 1000)
    conn.execute(update(outbox).where(outbox.c.id.in_(row_ids), *_DOUBTED).values(next_at=next_at))
