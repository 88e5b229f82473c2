"""What is still to be done, due now or later: for whoever waits until everything has settled."""

from sqlalchemy import Connection, func, literal, select, union_all

from connectors.database.tables import inbox, orders, outbox


def open_work(conn: Connection) -> dict[str, int]:
    """Rows that some worker will still take up, by stage: inbox, route, label, notify, log and sync."""
    waiting = select(literal("inbox").label("stage"), func.count()).where(inbox.c.state == "new")
    steps = select(orders.c.step, func.count()).where(orders.c.step != "none").group_by(orders.c.step)
    # A digest of alarms waits for the end of its minute, and nobody waits for it.
    unsent = outbox.c.state.in_(("new", "sending")) & (outbox.c.kind != "alarms")
    messages = select(outbox.c.stage, func.count()).where(unsent).group_by(outbox.c.stage)
    found = dict.fromkeys(("inbox", "route", "label", "notify", "log", "sync"), 0)
    return found | {stage: count for stage, count in conn.execute(union_all(waiting, steps, messages))}
