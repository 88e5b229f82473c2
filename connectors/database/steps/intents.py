"""The intent of a step, written before its call."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from connectors.database.session import now_ms
from connectors.database.statements.batch import insert_new_rows, rows_as_table
from connectors.database.steps.ledger import StepRow, as_step
from connectors.database.tables import step
from orderflow.effects import StepState


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
    times = {"started_at": now, "resolve_after": now + round(grace_seconds * 1000)}
    wanted = {intent.key: intent for intent in intents}
    fresh = {"state": StepState.STARTED, "owner": owner, **times}
    rows = [{**_columns(wanted[key]), **fresh} for key in sorted(wanted)]
    new = {key for (key,) in insert_new_rows(conn, step, rows)}
    before = _locked(conn, wanted)
    again = [key for key, row in before.items() if row.state is StepState.FAILED]
    left = [key for key, row in before.items() if key not in new and _is_left(row, wanted[key])]
    _start_again(conn, [wanted[key] for key in again], {**fresh, "attempt": step.c.attempt + 1, "error": ""})
    conn.execute(update(step).where(step.c.step_key.in_(left)).values(state=StepState.UNKNOWN, owner=owner))
    may_call = new.union(again)
    return {
        key: BegunStep(row, key in may_call, key not in may_call and row.request_hash != wanted[key].request_hash)
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


def _is_left(row: StepRow, intent: StepIntent) -> bool:
    unresolved = row.state in (StepState.STARTED, StepState.UNKNOWN)
    return unresolved and row.request_hash == intent.request_hash


def _start_again(conn: Connection, intents: Sequence[StepIntent], values: Mapping[str, Any]) -> None:
    if not intents:
        return
    columns = {name: step.c[name].type for name in _columns(intents[0])}
    intent = rows_as_table(conn, "intent", columns, [_columns(one) for one in intents])
    asked = {name: intent.c[name] for name in ("provider", "account", "request_hash")}
    conn.execute(update(step).where(step.c.step_key == intent.c.step_key).values(**values, **asked, finished_at=None))


def _locked(conn: Connection, keys: Iterable[str]) -> dict[str, StepRow]:
    query = select(step).where(step.c.step_key.in_(list(keys))).order_by(step.c.step_key).with_for_update()
    return {row.step_key: as_step(row) for row in conn.execute(query)}


def _columns(intent: StepIntent) -> dict[str, str]:
    columns = asdict(intent)
    return {"step_key": columns.pop("key"), **columns}
