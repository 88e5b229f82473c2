"""Cases: orders that wait for a person, with the reason; the open ones are the exception queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select, update

from connectors.database.session import milliseconds, moment, now_ms
from connectors.database.statements.batch import insert_new_rows, storable
from connectors.database.statements.identifiers import new_id
from connectors.database.statements.lists import among
from connectors.database.tables import hold, orders
from orderflow.holds import Hold, HoldReason
from orderflow.money import Money


@dataclass(frozen=True)
class HoldRow:
    """An open case and the order it stops."""

    id: str
    order_id: str
    number: str
    source: str
    hold: Hold
    opened_at_ms: int
    total: Money


_IS_OPEN = hold.c.closed_at.is_(None)
_OF_ORDER = hold.c.order_id == bindparam("order")
_SAME = (_OF_ORDER, hold.c.code == bindparam("same_code"), hold.c.field == bindparam("same_field"))
_OPENED = select(hold.c.id).where(*_SAME, _IS_OPEN)
_CLOSE = update(hold).where(_OF_ORDER, _IS_OPEN)
_OF_ORDERS = select(hold).where(among(hold.c.order_id, "order_ids"), _IS_OPEN).order_by(hold.c.opened_at, hold.c.id)


def open_hold(conn: Connection, order_id: str, case: Hold) -> str:
    """Opens a case and returns its id; of the same open case there is only one."""
    open_hold_batch(conn, [(order_id, case)])
    same = {"order": order_id, "same_code": case.code, "same_field": case.field}
    return conn.execute(_OPENED, same).scalar_one()


def open_hold_batch(conn: Connection, cases: Sequence[tuple[str, Hold]]) -> None:
    """Opens the cases of many orders, leaving out those that are open already."""
    now = now_ms(conn)
    rows = [_columns(order_id, case, now) for order_id, case in cases]
    insert_new_rows(conn, hold, sorted(rows, key=lambda row: (row["order_id"], row["code"], row["field"])))


def close_hold(conn: Connection, order_id: str, *, resolution: str, actor: str) -> int:
    """Closes every open case of the order; returns how many there were."""
    closed = {"closed_at": now_ms(conn), "resolution": storable(resolution), "closed_by": actor}
    return conn.execute(_CLOSE, {"order": order_id, **closed}).rowcount


def open_holds(conn: Connection, limit: int = 100) -> list[HoldRow]:
    """The exception queue, longest waiting first."""
    rows = conn.execute(_open_cases().order_by(hold.c.opened_at, hold.c.id).limit(limit))
    return [_hold_row(row) for row in rows]


def hold_of(conn: Connection, order_id: str) -> HoldRow | None:
    """The order's newest open case; None where nobody has to look at it."""
    query = _open_cases().where(hold.c.order_id == order_id)
    row = conn.execute(query.order_by(hold.c.opened_at.desc(), hold.c.id.desc()).limit(1)).first()
    return _hold_row(row) if row else None


def open_case(conn: Connection, hold_id: str) -> HoldRow | None:
    """The case of this id; None where it is closed or never was."""
    row = conn.execute(_open_cases().where(hold.c.id == hold_id)).first()
    return _hold_row(row) if row else None


def lapsed_holds(conn: Connection, limit: int = 200) -> list[HoldRow]:
    """Open cases whose time is over, the longest over first: they end by themselves."""
    over = hold.c.lapses_at.is_not(None) & (hold.c.lapses_at <= now_ms(conn))
    return [_hold_row(row) for row in conn.execute(_open_cases().where(over).order_by(hold.c.lapses_at).limit(limit))]


def open_cases_of(conn: Connection, order_ids: Sequence[str]) -> dict[str, list[Hold]]:
    """The open cases of each order, oldest first; an order without any has none."""
    found: dict[str, list[Hold]] = {order_id: [] for order_id in order_ids}
    for row in conn.execute(_OF_ORDERS, {"order_ids": list(found)}):
        found[row.order_id].append(_case(row))
    return found


def _open_cases() -> Select:
    columns = (hold, orders.c.number, orders.c.source, orders.c.total_minor, orders.c.currency)
    return select(*columns).join(orders, orders.c.id == hold.c.order_id).where(_IS_OPEN)


def _hold_row(row: Any) -> HoldRow:
    return HoldRow(
        id=row.id,
        order_id=row.order_id,
        number=row.number,
        source=row.source,
        hold=_case(row),
        opened_at_ms=row.opened_at,
        total=Money.from_minor(row.total_minor, row.currency),
    )


def _columns(order_id: str, case: Hold, now: int) -> dict[str, Any]:
    lapses_at = milliseconds(case.lapses_at) if case.lapses_at else None
    return {"id": new_id(), "order_id": order_id, **case.model_dump(), "opened_at": now, "lapses_at": lapses_at}


def _case(row: Any) -> Hold:
    return Hold(
        reason=HoldReason(row.reason),
        code=row.code,
        field=row.field,
        detail=row.detail,
        remedy=row.remedy,
        lapses_at=moment(row.lapses_at) if row.lapses_at is not None else None,
    )
