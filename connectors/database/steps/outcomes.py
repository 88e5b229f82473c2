"""How steps ended. Only the owner of the attempt may say so: whoever slept meanwhile cannot overwrite it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Update, bindparam, update

from connectors.database.session import now_ms
from connectors.database.statements.batch import as_parameter, columns_of, storable, table_to_come
from connectors.database.steps.ledger import UNRESOLVED
from connectors.database.tables import step
from orderflow.effects import StepState


@dataclass(frozen=True)
class StepResult:
    """A step that was done, with the provider's id of it and what it brought."""

    key: str
    attempt: int
    provider_ref: str
    result: Mapping[str, Any]


def finish_step(
    conn: Connection, key: str, *, attempt: int, owner: str, provider_ref: str, result: Mapping[str, Any]
) -> bool:
    """Notes that a step is done; False, and nothing written, where it is no longer this owner's attempt."""
    return not finish_steps(conn, [StepResult(key, attempt, provider_ref, result)], owner)


def finish_steps(conn: Connection, results: Sequence[StepResult], owner: str) -> frozenset[str]:
    """Notes that the steps of a batch are done; returns the keys of those that are no longer this owner's attempt."""
    if not results:
        return frozenset()
    rows = [
        {
            "step_key": one.key,
            "attempt": one.attempt,
            "provider_ref": one.provider_ref,
            "result": json.dumps(one.result, ensure_ascii=False),
        }
        for one in results
    ]
    known = {"done_rows": as_parameter(rows), "done_by": owner, "finished_at": now_ms(conn)}
    return frozenset(one.key for one in results) - set(conn.scalars(_done(conn.dialect.name), known))


@cache
def _done(engine: str) -> Update:
    done = table_to_come(engine, "done", columns_of(step, ("step_key", "attempt", "provider_ref", "result")))
    mine = (step.c.step_key == done.c.step_key, step.c.attempt == done.c.attempt, step.c.owner == bindparam("done_by"))
    values = {"provider_ref": done.c.provider_ref, "result": done.c.result, "error": ""}
    return update(step).where(*mine, UNRESOLVED).values(state=StepState.DONE, **values).returning(step.c.step_key)


def unknown_step(conn: Connection, key: str, *, attempt: int, owner: str, error: str) -> bool:
    """Notes that nobody knows whether it was done; False where it is no longer this owner's attempt."""
    return _end(conn, key, attempt, owner, state=StepState.UNKNOWN, error=storable(error))


def fail_step(conn: Connection, key: str, *, attempt: int, owner: str, error: str) -> bool:
    """Notes that it was certainly not done, so it may be called again; False where it is not this owner's attempt."""
    now = now_ms(conn)
    return _end(conn, key, attempt, owner, state=StepState.FAILED, error=storable(error), finished_at=now)


def _end(conn: Connection, key: str, attempt: int, owner: str, **values: Any) -> bool:
    mine = {"ended_key": key, "ended_attempt": attempt, "ended_by": owner}
    return conn.execute(_ended(), {**mine, **values}).rowcount == 1


@cache
def _ended() -> Update:
    mine = (step.c.attempt == bindparam("ended_attempt"), step.c.owner == bindparam("ended_by"))
    return update(step).where(step.c.step_key == bindparam("ended_key"), *mine, UNRESOLVED)
