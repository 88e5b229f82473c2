"""Which rungs of the threshold ladder have been told of, so that each is told once until the stock recovers."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, String, delete, select, tuple_

from connectors.database.session import now_ms
from connectors.database.statements.batch import insert_new_rows, rows_as_table
from connectors.database.tables import stock_alert

_KEY = {"sku": String(), "variant": String(), "location": String(), "rung": String()}


@dataclass(frozen=True, order=True)
class StockAlert:
    """A rung of the ladder that a cell has fallen to."""

    sku: str
    variant: str
    location: str
    rung: str


def raise_alerts(conn: Connection, alerts: Sequence[StockAlert]) -> list[StockAlert]:
    """Notes the alerts; returns those that were not raised yet: tell of these."""
    now = now_ms(conn)
    rows = [{**asdict(alert), "raised_at": now} for alert in sorted(set(alerts))]
    return [StockAlert(*key) for key in insert_new_rows(conn, stock_alert, rows)]


def clear_alerts(conn: Connection, alerts: Sequence[StockAlert]) -> None:
    """Forgets alerts whose stock has recovered, so that the next fall is told again."""
    gone = rows_as_table(conn, "gone", _KEY, [asdict(alert) for alert in alerts])
    conn.execute(
        delete(stock_alert).where(tuple_(*stock_alert.primary_key).in_(select(*(gone.c[key] for key in _KEY))))
    )


def alerts_with_times(conn: Connection) -> list[tuple[StockAlert, int]]:
    """Every alert that has not recovered with when it was raised, in the order of their keys."""
    keys = stock_alert.primary_key
    rows = conn.execute(select(*keys, stock_alert.c.raised_at).order_by(*keys))
    return [(StockAlert(*row[:4]), row[4]) for row in rows]


def raised_alerts(conn: Connection) -> list[StockAlert]:
    """Every alert that has not recovered, in the order of their keys."""
    keys = stock_alert.primary_key
    return [StockAlert(*row) for row in conn.execute(select(*keys).order_by(*keys))]
