"""What the shop sells, as far as shipping and stock need to know."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select, tuple_

from connectors.database.statements.batch import upsert_rows
from connectors.database.tables import product
from orderflow.configuration.sections import Product


def save_products(conn: Connection, products: Sequence[Product]) -> None:
    """Stores the products, replacing those of the same SKU and variant; the last of equals counts."""
    documents = {(one.sku, one.variant): one.model_dump_json() for one in products}
    rows = [{"sku": sku, "variant": variant, "document": text} for (sku, variant), text in sorted(documents.items())]
    upsert_rows(conn, product, rows)


def products_of(conn: Connection, skus: Iterable[tuple[str, str]] | None = None) -> dict[tuple[str, str], Product]:
    """The products by (sku, variant), those that are known; all for None."""
    query = select(product)
    if skus is not None:
        query = query.where(tuple_(product.c.sku, product.c.variant).in_(list(skus)))
    return {(row.sku, row.variant): Product.model_validate_json(row.document) for row in conn.execute(query)}
