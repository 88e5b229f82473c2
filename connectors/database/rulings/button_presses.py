"""Buttons pressed under messages: each stored once before it is acknowledged, and carried out by a flow."""

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, literal_column, select, update

from connectors.database.session import now_ms
from connectors.database.statements.batch import insert_one, storable
from connectors.database.statements.identifiers import new_id
from connectors.database.tables import button_press

_NEW = button_press.c.state == literal_column("'new'")


@dataclass(frozen=True)
class ButtonPress:
    """Who pressed what about which case; `presser` is the id the source knows the person by."""

    id: str
    source: str
    presser: str
    answer: str
    hold_id: str
    attempts: int = 0


def keep_press(conn: Connection, *, source: str, dedup_key: str, presser: str, answer: str, hold_id: str) -> bool:
    """Stores a press; False for one that was stored before. Acknowledge only after the commit."""
    row = {
        "id": new_id(),
        "source": source,
        "dedup_key": storable(dedup_key),
        "presser": storable(presser),
        "answer": storable(answer),
        "hold_id": storable(hold_id),
        "received_at": now_ms(conn),
    }
    return insert_one(conn, button_press, row)


def new_presses(conn: Connection, limit: int = 50) -> list[ButtonPress]:
    """The presses nobody has carried out yet, oldest first. They are not claimed: the lease of the order decides."""
    query = select(button_press).where(_NEW).order_by(button_press.c.received_at, button_press.c.id).limit(limit)
    return [_row(row) for row in conn.execute(query)]


def settle_press(conn: Connection, press_id: str, state: Literal["done", "refused"], outcome: str) -> bool:
    """Notes what came of a press; False where somebody else has settled it."""
    values: dict[str, Any] = {"state": state, "outcome": storable(outcome), "settled_at": now_ms(conn)}
    mine = (button_press.c.id == press_id) & _NEW
    return conn.execute(update(button_press).where(mine).values(**values)).rowcount == 1


def press_failed(conn: Connection, press_id: str, error: str) -> None:
    """Counts a try that came to nothing; it is tried again."""
    values = {"attempts": button_press.c.attempts + 1, "outcome": storable(error)}
    conn.execute(update(button_press).where(button_press.c.id == press_id, _NEW).values(**values))


def _row(row: Any) -> ButtonPress:
    return ButtonPress(row.id, row.source, row.presser, row.answer, row.hold_id, row.attempts)
