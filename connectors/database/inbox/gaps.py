"""Orders only a poll brought though their channel posts webhooks: one was lost, or none is sent any more."""

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, except_, func, literal_column, select

from connectors.database.session import now_ms
from connectors.database.tables import inbox

# A webhook may come as long before the poll, for the poll looks back; and so long after it.
_BEFORE_MS = 2 * 3_600_000
_AFTER_MS = 10 * 60_000
_POSTS_WEBHOOKS_MS = 7 * 24 * 3_600_000

# In the words of the partial indexes: with a parameter in its place SQLite would not use them.
_PULL = literal_column("'pull'")
_PULLED = (inbox.c.topic == _PULL) & inbox.c.received_at.between(bindparam("since"), bindparam("until"))
_TOLD = (inbox.c.topic != _PULL) & (inbox.c.source == bindparam("source"))

_SOURCES_PULLED = select(inbox.c.source).where(_PULLED).distinct()
_LAST_TOLD = select(func.max(inbox.c.received_at)).where(_TOLD)
_PULLED_AND_NOT_TOLD = except_(
    select(inbox.c.external_id).where(_PULLED, inbox.c.source == bindparam("source"), inbox.c.external_id != ""),
    select(inbox.c.external_id).where(_TOLD, inbox.c.received_at >= bindparam("told_since")),
)
_COUNT = select(func.count()).select_from(_PULLED_AND_NOT_TOLD.subquery())


def gaps(conn: Connection, *, within_seconds: float) -> Mapping[str, int]:
    """How many orders of each channel a poll brought and no webhook, of the deliveries of this time.

    A delivery younger than ten minutes is not counted yet, nor one of a channel without a webhook in the last week.
    """
    now = now_ms(conn)
    until = now - _AFTER_MS
    lately = {"since": until - round(within_seconds * 1000), "until": until, "told_since": until - _BEFORE_MS}
    found = {}
    for source in conn.scalars(_SOURCES_PULLED, lately).all():
        if (conn.scalar(_LAST_TOLD, {"source": source}) or 0) >= now - _POSTS_WEBHOOKS_MS:
            found[source] = conn.scalar(_COUNT, {"source": source, **lately}) or 0
    return {source: count for source, count in found.items() if count}
