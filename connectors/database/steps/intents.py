"""The intent of a step, written before its call."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Update, bindparam, select, update

from connectors.database.session import now_ms
from connectors.database.statements.batch import as_parameter, columns_of, insert_new_rows, table_to_come
from connectors.database.statements.lists import among
from connectors.database.steps.ledger import StepRow, as_step
from connectors.database.tables import step
from orderflow.effects import StepState

_LOCKED = select(step).where(among(step.c.step_key, "keys")).order_by(step.c.step_key).with_for_update()
_TAKE_OVER = (
    update(step).where(among(step.c.step_key, "left")).values(state=StepState.UNKNOWN, owner=bindparam("new_owner"))
)


@dataclass(frozen=True)
class StepIntent:
    """What is about to be done and paid. `key` is "ORDER/shipment-1/label", `request_hash` names what is asked for."""

    key: str
    order_id: str
    kind: str
    provider: str
    account: str
    request_hash: str


@dataclass(frozen=True)
class BegunStep:
    """A step after its intent was written. `request_changed`: it was begun for something else, which must be voided."""

    row: StepRow
    may_call: bool
    request_changed: bool = False


def begin_steps(
    conn: Connection, intents: Sequence[StepIntent], owner: str, *, grace_seconds: float = 120
) -> dict[str, BegunStep]:
    """Writes the intents of a batch and says by key which may be called, once this is committed.

    A new step and one that failed for certain may. A done one need not. One left started or unknown by an earlier
    life becomes unknown and `owner`'s, and must be asked about first; so must not be called one whose request differs.
    """
    if not intents:
        return {}
    now = now_ms(conn)
    times = (now, now + round(grace_seconds * 1000))
    wanted = {intent.key: _started(intent, owner, *times) for intent in intents}
    new = {key for (key,) in insert_new_rows(conn, step, [_columns(wanted[key]) for key in sorted(wanted)])}
    begun = {key: BegunStep(wanted[key], may_call=True) for key in new}
    return begun | _begin_old(conn, {key: row for key, row in wanted.items() if key not in new}, owner)


def _begin_old(conn: Connection, wanted: Mapping[str, StepRow], owner: str) -> dict[str, BegunStep]:
    """Steps that were begun before: those that failed are started again, those left undecided taken over."""
    if not wanted:
        return {}
    before = _locked(conn, wanted)
    again = [key for key, row in before.items() if row.state is StepState.FAILED]
    left = [key for key, row in before.items() if _is_left(row, wanted[key])]
    if again:
        rows = as_parameter(_columns(wanted[key]) for key in again)
        conn.execute(_started_again(conn.dialect.name), {"again_rows": rows})
    if left:
        conn.execute(_TAKE_OVER, {"left": left, "new_owner": owner})
    return {
        key: BegunStep(row, key in again, key not in again and row.request_hash != wanted[key].request_hash)
        for key, row in (_locked(conn, wanted) if again or left else before).items()
    }


def call_again(conn: Connection, key: str, *, attempt: int, owner: str, grace_seconds: float = 120) -> int | None:
    """Writes the intent of calling once more for a step of unknown outcome; returns the number of the new attempt.

    Only for a provider that refuses a second purchase, and for the same request. None, and nothing written, where it is
    no longer this owner's attempt.
    """
    now = now_ms(conn)
    mine = (step.c.step_key == key, step.c.attempt == attempt, step.c.owner == owner, step.c.state == StepState.UNKNOWN)
    again = {"attempt": attempt + 1, "started_at": now, "resolve_after": now + round(grace_seconds * 1000)}
    return attempt + 1 if conn.execute(update(step).where(*mine).values(**again)).rowcount else None


def _is_left(row: StepRow, wanted: StepRow) -> bool:
    unresolved = row.state in (StepState.STARTED, StepState.UNKNOWN)
    return unresolved and row.request_hash == wanted.request_hash


@cache
def _started_again(engine: str) -> Update:
    names = ("provider", "account", "request_hash", "state", "owner", "started_at", "resolve_after")
    again = table_to_come(engine, "again", columns_of(step, ("step_key", *names)))
    values = {name: again.c[name] for name in names}
    same = step.c.step_key == again.c.step_key
    return update(step).where(same).values(**values, attempt=step.c.attempt + 1, finished_at=None, error="")


def _locked(conn: Connection, keys: Iterable[str]) -> dict[str, StepRow]:
    return {row.step_key: as_step(row) for row in conn.execute(_LOCKED, {"keys": list(keys)})}


def _started(intent: StepIntent, owner: str, started_at_ms: int, resolve_after_ms: int) -> StepRow:
    """The step as its first attempt begins."""
    return StepRow(
        key=intent.key,
        order_id=intent.order_id,
        kind=intent.kind,
        provider=intent.provider,
        account=intent.account,
        request_hash=intent.request_hash,
        state=StepState.STARTED,
        attempt=1,
        owner=owner,
        started_at_ms=started_at_ms,
        resolve_after_ms=resolve_after_ms,
    )


def _columns(row: StepRow) -> dict[str, Any]:
    return {
        "step_key": row.key,
        "order_id": row.order_id,
        "kind": row.kind,
        "provider": row.provider,
        "account": row.account,
        "request_hash": row.request_hash,
        "state": row.state,
        "attempt": row.attempt,
        "owner": row.owner,
        "started_at": row.started_at_ms,
        "resolve_after": row.resolve_after_ms,
    }
