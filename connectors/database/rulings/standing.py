"""The rulings in force about each order."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, select

from connectors.database.session import now_ms
from connectors.database.statements.batch import insert_one, storable, upsert_one
from connectors.database.statements.lists import among
from connectors.database.tables import approval_grant, location_rejection, order_override
from orderflow.money import Money
from orderflow.rulings import Override, Rejection, Rulings

_OVERRIDES = select(order_override).where(among(order_override.c.order_id, "order_ids"))
_GRANTS = select(approval_grant).where(among(approval_grant.c.order_id, "order_ids"))
_REJECTIONS = (
    select(location_rejection)
    .where(among(location_rejection.c.order_id, "order_ids"))
    .order_by(location_rejection.c.rejected_at, location_rejection.c.location)
)


def rulings_of(conn: Connection, subjects: Mapping[str, str]) -> dict[str, Rulings]:
    """What was ruled about each order, by its id; `subjects` says what each is now (see rulings/recheck.py).

    An approval of something else than the order is now does not count. An order nobody ruled about is left out.
    """
    wanted = {"order_ids": list(subjects)}
    overrides = {row.order_id: row for row in conn.execute(_OVERRIDES, wanted)}
    grants = {row.order_id: row for row in conn.execute(_GRANTS, wanted)}
    rejections: dict[str, list[Rejection]] = {}
    for row in conn.execute(_REJECTIONS, wanted):
        rejected = Rejection(location=row.location, reason=row.reason, actor=row.actor_id)
        rejections.setdefault(row.order_id, []).append(rejected)
    valid = {key: row for key, row in grants.items() if row.subject == subjects[key]}
    return {
        key: _rulings(overrides.get(key), valid.get(key), rejections.get(key, []))
        for key in subjects
        if key in overrides or key in valid or key in rejections
    }


def set_override(conn: Connection, order_id: str, override: Override) -> None:
    """The location a person chose; it replaces one chosen before."""
    row = {
        "order_id": order_id,
        "location": override.location,
        "reason": storable(override.reason),
        "actor_id": override.actor,
        "chosen_at": now_ms(conn),
    }
    upsert_one(conn, order_override, row)


def forget_override(conn: Connection, order_id: str) -> bool:
    """Takes a person's choice back; False where there was none."""
    return conn.execute(delete(order_override).where(order_override.c.order_id == order_id)).rowcount == 1


def add_rejection(conn: Connection, order_id: str, rejection: Rejection) -> bool:
    """Notes that a location will not ship the order; False where that was known."""
    row = {
        "order_id": order_id,
        "location": rejection.location,
        "reason": storable(rejection.reason),
        "actor_id": rejection.actor,
        "rejected_at": now_ms(conn),
    }
    return insert_one(conn, location_rejection, row)


def _rulings(override: Any, granted: Any, rejections: list[Rejection]) -> Rulings:
    chosen = Override(location=override.location, reason=override.reason, actor=override.actor_id) if override else None
    cost = Money.from_minor(granted.cost_minor, granted.currency) if granted and granted.currency else None
    return Rulings(approved=granted is not None, approved_cost=cost, override=chosen, rejections=tuple(rejections))
