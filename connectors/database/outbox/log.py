"""The delivery log: what each attempt came to, and what services reported of a message later."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, or_, select, update

from connectors.database.outbox.messages import OutboxRow, as_message
from connectors.database.session import now_ms
from connectors.database.statements.batch import insert_new_rows, insert_rows, storable
from connectors.database.tables import delivery_attempt, delivery_report, outbox
from connectors.protocols import DeliveryReport

# What proves that the service took a message.
_TAKEN = ("accepted", "delivered", "delayed", "read")


@dataclass(frozen=True)
class Attempt:
    """One attempt. `outcome` is sent, "not sent", later, uncertain or "given up"."""

    message_id: str
    outcome: str
    detail: str = ""
    at_ms: int = 0


@dataclass(frozen=True)
class ReportRow:
    """One thing a service told of a message."""

    service: str
    status: str
    detail: str
    at_ms: int


@dataclass(frozen=True)
class Delivery:
    """A message with all its attempts and all that was reported of it, each in the order of time."""

    message: OutboxRow
    attempts: tuple[Attempt, ...] = ()
    reports: tuple[ReportRow, ...] = field(default=())


def note_attempts(conn: Connection, attempts: Iterable[Attempt]) -> None:
    """Writes attempts down, in the commit of what they came to."""
    at = now_ms(conn)
    rows = [
        {"message_id": one.message_id, "outcome": one.outcome, "detail": storable(one.detail), "at": at}
        for one in attempts
    ]
    insert_rows(conn, delivery_attempt, rows)


def keep_reports(conn: Connection, service: str, reports: Sequence[DeliveryReport]) -> int:
    """Keeps what a service reported, each event once; returns how many were new."""
    rows = [
        {
            "service": service,
            "event_id": storable(one.event_id),
            "message_key": storable(one.message_key),
            "status": one.status,
            "receipt": storable(one.receipt),
            "detail": storable(one.detail),
            "at": int(one.at.timestamp() * 1000),
        }
        for one in {one.event_id: one for one in reports}.values()
    ]
    return len(insert_new_rows(conn, delivery_report, rows))


def believe_reports(conn: Connection) -> int:
    """Ends the doubt about messages their service reported: taken ones are sent, refused ones are given up."""
    taken, refused = (_reported(statuses) for statuses in (_TAKEN, ("refused",)))
    waits = outbox.c.state == "uncertain"
    sent = update(outbox).where(waits, taken, ~refused).values(state="sent", sent_at=now_ms(conn), last_error="")
    lost = update(outbox).where(waits, refused).values(state="dead", last_error="the service could not deliver it")
    return conn.execute(sent).rowcount + conn.execute(lost).rowcount


def deliveries(
    conn: Connection, *, ways: Sequence[str] = (), order_id: str = "", failed: bool = False, limit: int = 100
) -> list[Delivery]:
    """Messages to people and systems with their attempts and reports, the newest first.

    `ways` are how recipients begin ("webhook", "email", "customer"); `failed` leaves out what arrived without trouble.
    """
    query = select(outbox).where(outbox.c.stage == "notify").order_by(outbox.c.created_at.desc(), outbox.c.id.desc())
    if order_id:
        query = query.where(outbox.c.order_id == order_id)
    if failed:
        query = query.where((outbox.c.state != "sent") | _reported(("refused", "delayed")) | (outbox.c.attempts > 1))
    if ways:
        query = query.where(or_(*(outbox.c.payload.like(f'%"to": "{way}%') for way in ways)))
    return _with_history(conn, [as_message(row) for row in conn.execute(query.limit(limit))])


def _with_history(conn: Connection, rows: Sequence[OutboxRow]) -> list[Delivery]:
    ids, keys = [row.id for row in rows], [row.dedup_key for row in rows]
    tried = select(delivery_attempt).where(delivery_attempt.c.message_id.in_(ids)).order_by(delivery_attempt.c.id)
    told = select(delivery_report).where(delivery_report.c.message_key.in_(keys)).order_by(delivery_report.c.at)
    attempts: dict[str, list[Attempt]] = {}
    for row in conn.execute(tried):
        attempt = Attempt(row.message_id, row.outcome, row.detail, row.at)
        attempts.setdefault(row.message_id, []).append(attempt)
    reports: dict[str, list[ReportRow]] = {}
    for row in conn.execute(told):
        reports.setdefault(row.message_key, []).append(ReportRow(row.service, row.status, row.detail, row.at))
    return [Delivery(row, tuple(attempts.get(row.id, ())), tuple(reports.get(row.dedup_key, ()))) for row in rows]


def _reported(statuses: Sequence[str]) -> ColumnElement[bool]:
    told = delivery_report.c
    return (
        select(told.event_id)
        .where(told.message_key == outbox.c.dedup_key, told.status.in_(statuses))
        .correlate(outbox)
        .exists()
    )
