"""From a plain order to an order of ours."""

from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from connectors.plain_orders.document import PlainCustomer, PlainLine, PlainOrder
from connectors.reading import read_as, unreadable
from orderflow.address import Address
from orderflow.money import Money
from orderflow.order import Customer, Order, OrderLine, PaymentStatus

_CANCELLED = {"canceled", "cancelled"}  # as Olist spells it, and as others do


def order_of(document: Any, source: str) -> Order:
    """The order, of this source. Raises Unreadable with the path of the field that is wrong."""
    read = read_as(PlainOrder, document)
    try:
        return _order(read, source)
    except ValidationError as error:
        raise unreadable(error) from None


def _order(read: PlainOrder, source: str) -> Order:
    freight = sum((line.freight for line in read.lines), Decimal(0))
    shipping = freight if read.shipping_paid is None else read.shipping_paid
    return Order(
        source=source,
        external_id=read.order_id,
        number=read.number or read.order_id,
        placed_at=read.placed_at,
        updated_at=read.updated_at or max(filter(None, (read.placed_at, read.paid_at))),
        cancelled_at=read.cancelled_at or (read.placed_at if read.status.lower() in _CANCELLED else None),
        payment_status=read.payment_status or (PaymentStatus.PAID if read.paid_at else PaymentStatus.PENDING),
        fulfilled=read.fulfilled,
        risk=read.risk,
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
        attributes=read.attributes,
    )


def _total(read: PlainOrder, shipping: Decimal) -> Decimal:
    """What the file says; else what was paid; else the lines and their shipping."""
    if read.total is not None:
        return read.total
    if read.payments:
        return sum((payment.value for payment in read.payments), Decimal(0))
    return sum((line.unit_price * line.quantity for line in read.lines), Decimal(0)) + shipping


def _line(number: int, line: PlainLine, currency: str) -> OrderLine:
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
        attributes=line.attributes,
    )


def _customer(read: PlainCustomer) -> Customer:
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
