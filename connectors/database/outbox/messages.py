"""What is to be told to the outside, and what became of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Stage = Literal["notify", "log", "sync"]


@dataclass(frozen=True)
class OutboxItem:
    """Something to tell once; `dedup_key` says what "the same" is. A payload holds ids, not personal data.

    A payload with a true "repeat_is_safe" may be sent again when nobody knows whether it was.
    """

    dedup_key: str
    stage: Stage
    kind: str
    order_id: str
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OutboxRow:
    """A message in the outbox. `state` is new, sending, sent, uncertain or dead; `attempts` counts this one."""

    id: str
    dedup_key: str
    stage: str
    kind: str
    order_id: str
    payload: Mapping[str, Any]
    repeat_is_safe: bool
    state: str
    attempts: int
    receipt: str = ""
    last_error: str = ""
    created_at_ms: int = 0


def as_message(row: Any) -> OutboxRow:
    """A row of the outbox table as a value."""
    return OutboxRow(
        id=row.id,
        dedup_key=row.dedup_key,
        stage=row.stage,
        kind=row.kind,
        order_id=row.order_id,
        payload=json.loads(row.payload),
        repeat_is_safe=row.repeat_is_safe,
        state=row.state,
        attempts=row.attempts,
        receipt=row.receipt,
        last_error=row.last_error,
        created_at_ms=row.created_at,
    )
