"""How steps ended. Only the owner of the attempt may say so: whoever slept meanwhile cannot overwrite it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, String, update

from connectors.database.session import now_ms
from connectors.database.statements.batch import rows_as_table, storable
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
    statement = update(step).where(*mine, UNRESOLVED).values(state=StepState.DONE, **values)
    return frozenset(one.key for one in results) - set(conn.scalars(statement.returning(step.c.step_key)))


def unknown_step(conn: Connection, key: str, *, attempt: int, owner: str, error: str) -> bool:
    """Notes that nobody knows whether it was done; False where it is no longer this owner's attempt."""
    return _end(conn, key, attempt, owner, state=StepState.UNKNOWN, error=storable(error))


def fail_step(conn: Connection, key: str, *, attempt: int, owner: str, error: str) -> bool:
    """Notes that it was certainly not done, so it may be called again; False where it is not this owner's attempt."""
    now = now_ms(conn)
    return _end(conn, key, attempt, owner, state=StepState.FAILED, error=storable(error), finished_at=now)


def _end(conn: Connection, key: str, attempt: int, owner: str, **values: Any) -> bool:
    mine = (step.c.step_key == key, step.c.attempt == attempt, step.c.owner == owner, UNRESOLVED)
    return conn.execute(update(step).where(*mine).values(**values)).rowcount == 1
