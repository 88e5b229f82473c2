"""Stock as decisions and people look at it; nothing is locked."""

from collections.abc import Iterable

from sqlalchemy import Connection, FromClause, Row, Select, String, Table, and_, select, union

from connectors.database.session import moment
from connectors.database.statements.batch import rows_as_table
from connectors.database.tables import product, stock
from orderflow.inventory import StockLevel, StockView

Sku = tuple[str, str]
"""(sku, variant)"""


def stock_view(conn: Connection, skus: Iterable[Sku] | None) -> StockView:
    """The stock of these SKUs at every location; of everything for None."""
    query = select(stock)
    if skus is not None:
        wanted = _wanted(conn, skus)
        query = query.join(wanted, and_(stock.c.sku == wanted.c.sku, stock.c.variant == wanted.c.variant))
    return StockView(_level(row) for row in conn.execute(query))


def known_skus(conn: Connection, skus: Iterable[Sku]) -> frozenset[Sku]:
    """Those of the SKUs that are a product or have ever been in stock."""
    wanted = _wanted(conn, skus)
    return frozenset(
        (row.sku, row.variant) for row in conn.execute(union(_among(product, wanted), _among(stock, wanted)))
    )


def _among(table: Table, wanted: FromClause) -> Select:
    same = and_(table.c.sku == wanted.c.sku, table.c.variant == wanted.c.variant)
    return select(wanted.c.sku, wanted.c.variant).join(table, same)


def _wanted(conn: Connection, skus: Iterable[Sku]) -> FromClause:
    rows = [{"sku": sku, "variant": variant} for sku, variant in sorted(set(skus))]
    return rows_as_table(conn, "wanted", {"sku": String(), "variant": String()}, rows)


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
