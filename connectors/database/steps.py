"""The ledger of steps that spend money: the intent is written before the call, the outcome after it.

A step whose outcome nobody knows is never called again from here: `begin_steps` only hands it to a new owner, who
asks the provider. What the outcome then is, orderflow.effects decides.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, String, literal_column, select, update

from connectors.database.session import now_ms
from connectors.database.statements.batch import insert_new_rows, rows_as_table, storable
from connectors.database.tables import step
from orderflow.effects import StepState

_UNRESOLVED = step.c.state.in_([literal_column("'started'"), literal_column("'unknown'")])


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
class StepRow:
    """One step of the ledger. `attempt` and `owner` together are the right to say how it ended."""

    key: str
    order_id: str
    kind: str
    provider: str
    account: str
    request_hash: str
    state: StepState
    attempt: int
    owner: str
    started_at_ms: int
    resolve_after_ms: int
    provider_ref: str = ""
    result: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True)
class BegunStep:
    """A step after its intent was written. `request_changed`: it was begun for something else, which must be voided."""

    row: StepRow
    may_call: bool
    request_changed: bool = False


@dataclass(frozen=True)
class StepResult:
    """A step that was done, with the provider's id of it and what it brought."""

    key: str
    attempt: int
    provider_ref: str
    result: Mapping[str, Any]


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


def finish_step(
    conn: Connection, key: str, *, attempt: int, owner: str, provider_ref: str, result: Mapping[str, Any]
) -> bool:
    """Notes that a step is done; False, and nothing written, where it is no longer this owner's attempt."""
    return not finish_steps(conn, [StepResult(key, attempt, provider_ref, result)], owner)


def finish_steps(conn: Connection, results: Sequence[StepResult], owner: str) -> frozenset[str]:
    """Notes that the steps of a batch are done; returns the keys of those that are no longer this owner's attempt."""
    if not results:
        return frozenset()
    columns = {"step_key": String(), "attempt": step.c.attempt.type, "provider_ref": String(), "result": String()}
    rows = [
        {
            "step_key": one.key,
            "attempt": one.attempt,
            "provider_ref": one.provider_ref,
            "result": json.dumps(one.result, ensure_ascii=False),
        }
        for one in results
    ]
    done = rows_as_table(conn, "done", columns, rows)
    mine = (step.c.step_key == done.c.step_key, step.c.attempt == done.c.attempt, step.c.owner == owner)
    values = {"provider_ref": done.c.provider_ref, "result": done.c.result, "finished_at": now_ms(conn), "error": ""}
    statement = update(step).where(*mine, _UNRESOLVED).values(state=StepState.DONE, **values)
    return frozenset(one.key for one in results) - set(conn.scalars(statement.returning(step.c.step_key)))


def unknown_step(conn: Connection, key: str, *, attempt: int, owner: str, error: str) -> bool:
    """Notes that nobody knows whether it was done; False where it is no longer this owner's attempt."""
    return _end(conn, key, attempt, owner, state=StepState.UNKNOWN, error=storable(error))


def fail_step(conn: Connection, key: str, *, attempt: int, owner: str, error: str) -> bool:
    """Notes that it was certainly not done, so it may be called again; False where it is not this owner's attempt."""
    now = now_ms(conn)
    return _end(conn, key, attempt, owner, state=StepState.FAILED, error=storable(error), finished_at=now)


def unresolved_steps(conn: Connection, *, limit: int, older_than_seconds: float = 0) -> list[StepRow]:
    """Steps whose outcome is not known, longest begun first: after a crash also those that were only started."""
    begun = step.c.started_at <= now_ms(conn) - round(older_than_seconds * 1000)
    query = select(step).where(_UNRESOLVED, begun).order_by(step.c.started_at).limit(limit)
    return [_row(row) for row in conn.execute(query)]


def steps_by_key(conn: Connection, keys: Iterable[str]) -> dict[str, StepRow]:
    """The steps of these keys that were ever begun."""
    query = select(step).where(step.c.step_key.in_(list(keys)))
    return {row.step_key: _row(row) for row in conn.execute(query)}


def steps_of(conn: Connection, order_id: str) -> list[StepRow]:
    """Every money step of the order, by key."""
    query = select(step).where(step.c.order_id == order_id).order_by(step.c.step_key)
    return [_row(row) for row in conn.execute(query)]


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


def _end(conn: Connection, key: str, attempt: int, owner: str, **values: Any) -> bool:
    mine = (step.c.step_key == key, step.c.attempt == attempt, step.c.owner == owner, _UNRESOLVED)
    return conn.execute(update(step).where(*mine).values(**values)).rowcount == 1


def _locked(conn: Connection, keys: Iterable[str]) -> dict[str, StepRow]:
    query = select(step).where(step.c.step_key.in_(list(keys))).order_by(step.c.step_key).with_for_update()
    return {row.step_key: _row(row) for row in conn.execute(query)}


def _columns(intent: StepIntent) -> dict[str, str]:
    columns = asdict(intent)
    return {"step_key": columns.pop("key"), **columns}


def _row(row: Any) -> StepRow:
    return StepRow(
        key=row.step_key,
        order_id=row.order_id,
        kind=row.kind,
        provider=row.provider,
        account=row.account,
        request_hash=row.request_hash,
        state=StepState(row.state),
        attempt=row.attempt,
        owner=row.owner,
        started_at_ms=row.started_at,
        resolve_after_ms=row.resolve_after,
        provider_ref=row.provider_ref,
        result=json.loads(row.result),
        error=row.error,
    )
