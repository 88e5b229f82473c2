"""From a file's documents to orders of ours.

CSV columns are named as the fields of a plain order, those of the customer and the destination with `customer_` and
`destination_` before them; a JSON line is a plain order.
"""

import re
from typing import Any

from connectors.errors import Unreadable
from connectors.plain_orders.mapping import order_of
from orderflow.order import Order

SOURCE = "order_file"

# One row per order line; these columns are the line's, all others are the order's own and repeated on each row.
LINE_COLUMNS = frozenset(
    ["line_id", "sku", "variant", "title", "quantity", "unit_price", "weight_grams", "category", "requires_shipping"]
)

_GROUPS = ("customer", "destination")
_IN_ROW = re.compile(r"lines\[(\d+)\]\.(.*)")


def orders_in(document: Any) -> tuple[Order, ...]:
    """The order of one document. Raises Unreadable naming the file, the line, and the column or path."""
    if not isinstance(document, dict) or not {"order", "rows"} & set(document):
        raise Unreadable("expected one JSON object", field=_place(document, "")) from None
    try:
        nested = document["order"] if "order" in document else nested_of(document["rows"])
        return (order_of(nested, SOURCE),)
    except Unreadable as error:
        raise Unreadable(str(error), field=_place(document, error.field)) from None


def nested_of(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The rows of one order as the object a JSON line would hold; an empty cell says nothing."""
    filled = [{name: cell for name, cell in row["columns"].items() if cell} for row in rows]
    order: dict[str, Any] = {name: cell for name, cell in filled[0].items() if name not in LINE_COLUMNS}
    for group in _GROUPS:
        prefix = f"{group}_"
        order[group] = {name.removeprefix(prefix): order.pop(name) for name in list(order) if name.startswith(prefix)}
    order["lines"] = [{name: cell for name, cell in row.items() if name in LINE_COLUMNS} for row in filled]
    for position, row in enumerate(filled):
        if "" in row:
            raise Unreadable("the row has more cells than there are columns", field=f"lines[{position}].")
    return order


def _place(document: Any, path: str) -> str:
    """The file and line as people count them, then the CSV column or the path inside the JSON line."""
    if not isinstance(document, dict):
        return path
    line, column = document.get("line", 1), path
    if "rows" in document:
        in_row = _IN_ROW.fullmatch(path)
        line = document["rows"][int(in_row[1]) if in_row else 0]["line"]
        column = (in_row[2] if in_row else path).replace(".", "_")
    named = f", column {column}" if column else ""
    return f"{document.get('file', '')} line {line}{named}".strip()
