"""What the shop sells, as far as shipping and reordering need to know."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, select, tuple_

from connectors.database.statements.batch import upsert_rows
from connectors.database.tables import product


@dataclass(frozen=True)
class Product:
    """One SKU and variant. `fulfilled_by` names a location or 3PL it must ship from, `reorder` its reorder policy."""

    sku: str
    variant: str = ""
    title: str = ""
    weight_grams: int | None = None
    category: str = ""
    fulfilled_by: str = ""
    supplier: str = ""
    reorder: Mapping[str, Any] = field(default_factory=dict)


def save_products(conn: Connection, products: Sequence[Product]) -> None:
    """Stores the products, replacing those of the same SKU and variant; the last of equals counts."""
    rows = {(one.sku, one.variant): {**asdict(one), "reorder": json.dumps(one.reorder)} for one in products}
    upsert_rows(conn, product, [rows[key] for key in sorted(rows)])


def products_of(conn: Connection, skus: Iterable[tuple[str, str]] | None = None) -> dict[tuple[str, str], Product]:
    """The products by (sku, variant), those that are known; all for None."""
    query = select(product)
    if skus is not None:
        query = query.where(tuple_(product.c.sku, product.c.variant).in_(list(skus)))
    return {(row.sku, row.variant): _product(row) for row in conn.execute(query)}


def _product(row: Any) -> Product:
    return Product(**{**row._mapping, "reorder": json.loads(row.reorder)})
