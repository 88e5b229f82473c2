"""The rows of the ledger, and who asks for them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, literal_column, select

from connectors.database.session import now_ms
from connectors.database.statements.lists import among
from connectors.database.tables import step
from orderflow.effects import StepState

UNRESOLVED = step.c.state.in_([literal_column("'started'"), literal_column("'unknown'")])
_BY_KEYS = select(step).where(among(step.c.step_key, "keys"))
_OF_ORDER = select(step).where(step.c.order_id == bindparam("of_order")).order_by(step.c.step_key)


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


def unresolved_steps(conn: Connection, *, limit: int, older_than_seconds: float = 0) -> list[StepRow]:
    """Steps whose outcome is not known, longest begun first: after a crash also those that were only started."""
    begun = step.c.started_at <= now_ms(conn) - round(older_than_seconds * 1000)
    query = select(step).where(UNRESOLVED, begun).order_by(step.c.started_at).limit(limit)
    return [as_step(row) for row in conn.execute(query)]


def steps_by_key(conn: Connection, keys: Iterable[str]) -> dict[str, StepRow]:
    """The steps of these keys that were ever begun."""
    return {row.step_key: as_step(row) for row in conn.execute(_BY_KEYS, {"keys": list(keys)})}


def steps_of(conn: Connection, order_id: str) -> list[StepRow]:
    """Every money step of the order, by key."""
    return [as_step(row) for row in conn.execute(_OF_ORDER, {"of_order": order_id})]


def as_step(row: Any) -> StepRow:
    """A row of the step table as a value."""
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
