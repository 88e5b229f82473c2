"""Orders only a poll brought though their channel posts webhooks: one was lost, or none is sent any more."""

from collections.abc import Mapping

from sqlalchemy import Connection, exists, func, select

from connectors.database.session import now_ms
from connectors.database.tables import inbox

PULLED = "pull"

# A webhook may come as long before the poll, for the poll looks back; and so long after it.
_BEFORE_MS = 2 * 3_600_000
_AFTER_MS = 10 * 60_000
_POSTS_WEBHOOKS_MS = 7 * 24 * 3_600_000


def gaps(conn: Connection, *, within_seconds: float) -> Mapping[str, int]:
    """How many orders of each channel a poll brought and no webhook, of the deliveries of this time.

    A delivery younger than ten minutes is not counted yet, nor one of a channel without a webhook in the last week.
    """
    now = now_ms(conn)
    pulled, told = inbox.alias("pulled"), inbox.alias("told")
    until = now - _AFTER_MS
    lately = pulled.c.received_at.between(until - round(within_seconds * 1000), until)
    posted = (told.c.source == pulled.c.source) & (told.c.topic != PULLED)
    same = posted & (told.c.external_id == pulled.c.external_id) & (told.c.received_at >= until - _BEFORE_MS)
    query = (
        select(pulled.c.source, func.count(func.distinct(pulled.c.external_id)))
        .where(pulled.c.topic == PULLED, pulled.c.external_id != "", lately, ~exists().where(same))
        .where(pulled.c.source.in_(_posting(conn, now - _POSTS_WEBHOOKS_MS)))
        .group_by(pulled.c.source)
    )
    return {source: count for source, count in conn.execute(query)}


def _posting(conn: Connection, since: int) -> list[str]:
    posted = (inbox.c.topic != PULLED) & (inbox.c.received_at >= since)
    return list(conn.scalars(select(inbox.c.source).where(posted).distinct()))
