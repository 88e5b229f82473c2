"""Which SKUs moved since somebody last looked."""

from sqlalchemy import Connection, func, select

from connectors.database.stock.views import Sku
from connectors.database.tables import stock_ledger


def changed_since(conn: Connection, position: int) -> tuple[frozenset[Sku], int]:
    """The SKUs with ledger rows after this position, and the position to look from next time."""
    last = conn.scalar(select(func.max(stock_ledger.c.id))) or 0
    moved = select(stock_ledger.c.sku, stock_ledger.c.variant).where(
        stock_ledger.c.id > position, stock_ledger.c.id <= last
    )
    return frozenset((row.sku, row.variant) for row in conn.execute(moved.distinct())), last
