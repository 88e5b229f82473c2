"""From a file's documents to orders of ours."""

import re
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from connectors.channels.order_file.document import LINE_COLUMNS, FileCustomer, FileLine, FileOrder
from connectors.errors import Unreadable
from connectors.reading import read_as, unreadable
from orderflow.address import Address
from orderflow.money import Money
from orderflow.order import Customer, Order, OrderLine, PaymentStatus

SOURCE = "order_file"

_CANCELLED = "canceled"  # as Olist spells it
_GROUPS = ("customer", "destination")
_IN_ROW = re.compile(r"lines\[(\d+)\]\.(.*)")


def orders_in(document: Any) -> tuple[Order, ...]:
    """The order of one document. Raises Unreadable naming the file, the line, and the column or path."""
    if not isinstance(document, dict) or not {"order", "rows"} & set(document):
        raise Unreadable("expected one JSON object", field=_place(document, "")) from None
    try:
        nested = document["order"] if "order" in document else nested_of(document["rows"])
        return (_order_of(nested),)
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


def _order_of(nested: dict[str, Any]) -> Order:
    read = read_as(FileOrder, nested)
    try:
        return _order(read)
    except ValidationError as error:
        raise unreadable(error) from None


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


def _order(read: FileOrder) -> Order:
    freight = sum((line.freight for line in read.lines), Decimal(0))
    shipping = freight if read.shipping_paid is None else read.shipping_paid
    return Order(
        source=SOURCE,
        external_id=read.order_id,
        number=read.number or read.order_id,
        placed_at=read.placed_at,
        updated_at=read.updated_at or max(filter(None, (read.placed_at, read.paid_at))),
        cancelled_at=read.cancelled_at or (read.placed_at if read.status == _CANCELLED else None),
        payment_status=read.payment_status or (PaymentStatus.PAID if read.paid_at else PaymentStatus.PENDING),
        total=Money.of(_total(read, shipping), read.currency),
        shipping_paid=Money.of(shipping, read.currency),
        customer=_customer(read.customer),
        destination=Address(**read.destination.model_dump()),
        lines=tuple(_line(number, line, read.currency) for number, line in enumerate(read.lines, start=1)),
        shipping_method=read.shipping_method,
        requested_by=read.requested_by,
        gift=read.gift,
        note=read.note,
        tags=read.tags,
    )


def _total(read: FileOrder, shipping: Decimal) -> Decimal:
    """What the file says; else what was paid; else the lines and their shipping."""
    if read.total is not None:
        return read.total
    if read.payments:
        return sum((payment.value for payment in read.payments), Decimal(0))
    return sum((line.unit_price * line.quantity for line in read.lines), Decimal(0)) + shipping


def _line(number: int, line: FileLine, currency: str) -> OrderLine:
    return OrderLine(
        line_no=number,
        line_id=line.line_id or str(number),
        sku=line.sku,
        variant=line.variant,
        title=line.title,
        quantity=line.quantity,
        unit_price=Money.of(line.unit_price, currency),
        weight_grams=line.weight_grams,
        category=line.category,
        requires_shipping=line.requires_shipping,
    )


def _customer(read: FileCustomer) -> Customer:
    tags = {tag.lower() for tag in read.tags}
    return Customer(
        customer_id=read.customer_id,
        name=read.name,
        email=read.email,
        phone=read.phone,
        tier="VIP" if "vip" in tags else "standard",
        customer_type="b2b" if tags & {"b2b", "wholesale"} else "consumer",
        tags=read.tags,
    )
