"""Messages on their way: written with their cause, claimed by lease, marked before they are sent.

A message claimed while it is marked "sending" belongs to a worker that died inside the send: nobody knows whether it
went out. It becomes uncertain and waits for a person, unless a repeat is harmless.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, bindparam, literal_column, update

from connectors.database.outbox.doubts import APPEARS_WITHIN_MS
from connectors.database.outbox.messages import OutboxItem, OutboxRow, as_message
from connectors.database.session import Database, now_ms
from connectors.database.statements.batch import insert_new_rows
from connectors.database.statements.claims import FREE, NOW, Time, claim, claiming, due
from connectors.database.statements.identifiers import new_id
from connectors.database.statements.lists import among
from connectors.database.tables import outbox

# Written out as in the partial index of the queue.
_OPEN = outbox.c.state.in_([literal_column("'new'"), literal_column("'sending'")])


def enqueue(conn: Connection, items: Iterable[OutboxItem]) -> int:
    """Writes messages in the commit of their cause; returns how many are new, the others were written before."""
    now = now_ms(conn)
    rows = sorted((_columns(item, now) for item in items), key=lambda row: row["dedup_key"])
    return len(insert_new_rows(conn, outbox, rows))


def messages_due_for(stage: str | ColumnElement[str], now: Time) -> ColumnElement[bool]:
    """The messages of the stage that want to go out now and are leased to nobody."""
    return due(outbox, now, _OPEN, outbox.c.stage == stage)


_DUE = messages_due_for(bindparam("due_stage"), NOW)
_DIED_SENDING = (outbox.c.state == "sending") & outbox.c.repeat_is_safe.is_(False)
_DOUBT = (
    update(outbox)
    .where(_DUE, _DIED_SENDING)
    .values(
        state="uncertain",
        last_error="the worker died while it was sending",
        next_at=bindparam("ask_at", type_=BigInteger),
        **FREE,
    )
)
_CLAIM = claiming(outbox, _DUE, outbox.c)
_BEGIN = (
    update(outbox)
    .where(among(outbox.c.id, "ids"), outbox.c.lease_owner == bindparam("sender"), _OPEN)
    .values(state="sending")
    .returning(outbox.c.id)
)


def claim_outbox(db: Database, stage: str, owner: str, *, limit: int, lease_seconds: float = 60) -> list[OutboxRow]:
    """Leases up to `limit` messages of a stage, longest due first, in a transaction of its own."""
    with db.write() as conn:
        now = now_ms(conn)
        _doubt(conn, stage, now)
        lease = {"owner": owner, "now": now, "lease_seconds": lease_seconds}
        rows = claim(conn, _CLAIM, **lease, limit=limit, due_stage=stage)
    return [as_message(row) for row in rows]


def begin_sending(conn: Connection, rows: Sequence[OutboxRow], owner: str) -> list[OutboxRow]:
    """Marks claimed messages as being sent; commit, then send. Those whose lease was lost are left out: do not send."""
    if not rows:
        return []
    kept = set(conn.scalars(_BEGIN, {"ids": [row.id for row in rows], "sender": owner}))
    return [replace(row, state="sending") for row in rows if row.id in kept]


def _doubt(conn: Connection, stage: str, now: int) -> None:
    conn.execute(_DOUBT, {"due_stage": stage, "now": now, "ask_at": now + APPEARS_WITHIN_MS})


def _columns(item: OutboxItem, now: int) -> dict[str, Any]:
    return {
        "id": new_id(),
        "dedup_key": item.dedup_key,
        "stage": item.stage,
        "kind": item.kind,
        "order_id": item.order_id,
        "payload": json.dumps(item.payload, ensure_ascii=False),
        "repeat_is_safe": bool(item.payload.get("repeat_is_safe")),
        "next_at": now,
        "created_at": now,
    }
