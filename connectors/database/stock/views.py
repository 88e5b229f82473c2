"""Stock as decisions and people look at it; nothing is locked."""

from collections.abc import Iterable
from functools import cache

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    FromClause,
    Row,
    Select,
    String,
    Table,
    and_,
    select,
    union,
)

from connectors.database.session import moment
from connectors.database.statements.batch import as_parameter, table_to_come
from connectors.database.tables import product, stock
from orderflow.inventory import StockLevel, StockView

Sku = tuple[str, str]
"""(sku, variant)"""

_EVERYTHING = select(stock)


def stock_view(conn: Connection, skus: Iterable[Sku] | None) -> StockView:
    """The stock of these SKUs at every location; of everything for None."""
    if skus is None:
        return StockView(_level(row) for row in conn.execute(_EVERYTHING))
    return StockView(_level(row) for row in conn.execute(_viewing(conn.dialect.name), _wanted(skus)))


def known_skus(conn: Connection, skus: Iterable[Sku]) -> frozenset[Sku]:
    """Those of the SKUs that are a product or have ever been in stock."""
    return frozenset((row.sku, row.variant) for row in conn.execute(_knowing(conn.dialect.name), _wanted(skus)))


@cache
def _viewing(engine: str) -> Select:
    wanted = _wanted_to_come(engine)
    return select(stock).join(wanted, _same(stock, wanted))


@cache
def _knowing(engine: str) -> CompoundSelect:
    wanted = _wanted_to_come(engine)
    key = wanted.c.sku, wanted.c.variant
    return union(*(select(*key).join(table, _same(table, wanted)) for table in (product, stock)))


def _wanted_to_come(engine: str) -> FromClause:
    return table_to_come(engine, "wanted", {"sku": String(), "variant": String()})


def _wanted(skus: Iterable[Sku]) -> dict[str, str]:
    rows = [{"sku": sku, "variant": variant} for sku, variant in sorted(set(skus))]
    return {"wanted_rows": as_parameter(rows)}


def _same(table: Table, wanted: FromClause) -> ColumnElement[bool]:
    return and_(table.c.sku == wanted.c.sku, table.c.variant == wanted.c.variant)


def _level(row: Row) -> StockLevel:
    return StockLevel(
        location=row.location,
        sku=row.sku,
        variant=row.variant,
        on_hand=row.on_hand,
        reserved=row.reserved,
        safety_stock=row.safety_stock,
        counted_at=moment(row.counted_at) if row.counted_at else None,
    )
