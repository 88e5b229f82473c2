"""From WooCommerce's words to an order of ours."""

from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from connectors.channels.woocommerce.document import WooAddress, WooLine, WooMeta, WooOrder, carries_order
from connectors.reading import read_as, unreadable
from orderflow.address import Address
from orderflow.money import Money
from orderflow.order import Customer, Order, OrderLine, PaymentStatus

SOURCE = "woocommerce"

# What we write into an order ourselves is no attribute of it.
OUR_META_PREFIX = "_orderflow_"

_DRAFTS = {"auto-draft", "checkout-draft"}
_CANCELLED = {"cancelled", "trash"}

# "processing" is WooCommerce's word for paid and to be sent; cash on delivery counts as that too.
_PAYMENT = {
    "pending": PaymentStatus.PENDING,
    "on-hold": PaymentStatus.PENDING,
    "processing": PaymentStatus.PAID,
    "completed": PaymentStatus.PAID,
    "failed": PaymentStatus.FAILED,
    "refunded": PaymentStatus.REFUNDED,
}


def orders_in(topic: str, document: Any) -> tuple[Order, ...]:
    """The order of a webhook's body or of the REST API; () for other topics, deleted orders and unfinished carts.

    Raises Unreadable with the path of the field that is wrong.
    """
    if "." in topic and not topic.startswith("order."):
        return ()
    if topic == "order.deleted" or not carries_order(document):
        return ()
    read = read_as(WooOrder, document)
    if read.status in _DRAFTS:
        return ()
    try:
        return (_order(read),)
    except ValidationError as error:
        raise unreadable(error) from None


def _order(read: WooOrder) -> Order:
    attributes = {meta.key.removeprefix("_"): meta.value for meta in read.meta_data if _is_attribute(meta)}
    tags = _tags(read)
    shipping = read.shipping_total + (read.shipping_tax if read.prices_include_tax else 0)
    return Order(
        source=SOURCE,
        external_id=read.id,
        number=read.number or read.id,
        placed_at=read.date_created_gmt,
        updated_at=read.date_modified_gmt,
        cancelled_at=read.date_modified_gmt if read.status in _CANCELLED else None,
        payment_status=_payment(read),
        fulfilled=read.status == "completed",
        total=Money.of(read.total + sum(refund.total for refund in read.refunds), read.currency),
        shipping_paid=Money.of(shipping, read.currency),
        customer=_customer(read, tags),
        destination=_address(read),
        lines=_lines(read),
        shipping_method=read.shipping_lines[0].method_title if read.shipping_lines else "",
        gift=attributes.get("gift", "").lower() in {"true", "yes", "1"},
        note=read.customer_note,
        attributes=attributes,
    )


def _payment(read: WooOrder) -> PaymentStatus:
    """By the status; one of a plug-in's own making counts as paid when the order has a time of payment."""
    otherwise = PaymentStatus.PAID if read.date_paid_gmt else PaymentStatus.PENDING
    status = _PAYMENT.get(read.status, otherwise)
    return PaymentStatus.PARTIALLY_REFUNDED if read.refunds and status is PaymentStatus.PAID else status


def _lines(read: WooOrder) -> tuple[OrderLine, ...]:
    numbered = enumerate(read.line_items, start=1)
    return tuple(_line(number, line, read) for number, line in numbered if line.quantity)


def _line(number: int, line: WooLine, read: WooOrder) -> OrderLine:
    """The unit price is before discounts, and with tax where the shop shows its prices with tax.

    The line says nothing of weight and category, and every variation has a SKU of its own.
    """
    before_discounts = line.subtotal + (line.subtotal_tax if read.prices_include_tax else Decimal(0))
    return OrderLine(
        line_no=number,
        line_id=line.id,
        sku=line.sku,
        title=line.name,
        quantity=line.quantity,
        unit_price=Money.of(before_discounts / line.quantity, read.currency),
        requires_shipping=read.needs_processing is not False,
        attributes={_shown_key(meta): _shown_value(meta) for meta in line.meta_data if not meta.key.startswith("_")},
    )


def _customer(read: WooOrder, tags: tuple[str, ...]) -> Customer:
    lowered = {tag.lower() for tag in tags}
    return Customer(
        customer_id="" if read.customer_id == "0" else read.customer_id,
        name=_full_name(read.billing) or _full_name(read.shipping),
        email=read.billing.email,
        phone=read.billing.phone or read.shipping.phone,
        tier="VIP" if "vip" in lowered else "standard",
        customer_type="b2b" if lowered & {"b2b", "wholesale"} else "consumer",
        tags=tags,
    )


def _tags(read: WooOrder) -> tuple[str, ...]:
    """WooCommerce has no tags of customers; the order's meta field `customer_tags` stands for them."""
    listed = ",".join(meta.value for meta in read.meta_data if meta.key.removeprefix("_") == "customer_tags")
    return tuple(tag for tag in (text.strip() for text in listed.split(",")) if tag)


def _is_attribute(meta: WooMeta) -> bool:
    return not meta.key.startswith(OUR_META_PREFIX) and meta.key.removeprefix("_") != "customer_tags"


def _address(read: WooOrder) -> Address:
    """Where it goes; the billing address where the order has no other."""
    address = read.shipping if read.shipping.address_1 or read.shipping.postcode else read.billing
    return Address(
        name=_full_name(address),
        company=address.company,
        line1=address.address_1,
        line2=address.address_2,
        city=address.city,
        region=address.state,
        postal_code=address.postcode,
        country=address.country,
        phone=address.phone,
    )


def _full_name(address: WooAddress) -> str:
    return " ".join(filter(None, (address.first_name, address.last_name)))


def _shown_key(meta: WooMeta) -> str:
    return meta.display_key or meta.key


def _shown_value(meta: WooMeta) -> str:
    return meta.display_value or meta.value
