"""From BigCommerce's words to an order of ours."""

from typing import Any

from pydantic import ValidationError

from connectors.channels.bigcommerce.document import BigAddress, BigOrder, BigProduct
from connectors.channels.bigcommerce.regions import region_code
from connectors.errors import Unreadable
from connectors.reading import read_as, unreadable
from orderflow.address import Address
from orderflow.money import Money
from orderflow.order import Customer, Order, OrderLine, PaymentStatus

SOURCE = "bigcommerce"

_UNFINISHED = 0
_CANCELLED = {5, 6}  # cancelled, declined
_SENT = {2, 10}  # shipped, completed

# By the order's status; the numbers are those of GET /v2/order_statuses.
_REFUNDED = {4: PaymentStatus.REFUNDED, 14: PaymentStatus.PARTIALLY_REFUNDED}
_PAYMENT = {
    1: PaymentStatus.PENDING,
    6: PaymentStatus.FAILED,
    7: PaymentStatus.PENDING,
    12: PaymentStatus.PENDING,
    13: PaymentStatus.PENDING,
}
# The payment itself, where BigCommerce knows it; it knows nothing of payments made elsewhere.
_BY_PAYMENT = {
    "authorized": PaymentStatus.AUTHORIZED,
    "capture pending": PaymentStatus.AUTHORIZED,
    "held for review": PaymentStatus.AUTHORIZED,
    "void pending": PaymentStatus.FAILED,
    "void": PaymentStatus.FAILED,
    "declined": PaymentStatus.FAILED,
    "pending": PaymentStatus.PENDING,
    "captured": PaymentStatus.PAID,
    "paid": PaymentStatus.PAID,
    "refunded": PaymentStatus.REFUNDED,
    "partially refunded": PaymentStatus.PARTIALLY_REFUNDED,
}


def orders_in(topic: str, document: Any) -> tuple[Order, ...]:
    """The order of a completed document; () for other scopes, deleted orders and unfinished carts.

    Raises Unreadable with the path of the field that is wrong.
    """
    if topic.startswith("store/") and not topic.startswith("store/order/"):
        return ()
    if not isinstance(document, dict) or set(document) == {"id", "is_deleted"}:
        return ()
    read = read_as(BigOrder, document)
    if read.status_id == _UNFINISHED or read.is_deleted:
        return ()
    if len(read.shipping_addresses) > 1:
        raise Unreadable("expected one address: an order to several is split in the shop", field="shipping_addresses")
    try:
        return (_order(read),)
    except ValidationError as error:
        raise unreadable(error) from None


def _order(read: BigOrder) -> Order:
    shipping = read.shipping_cost_inc_tax if read.is_tax_inclusive_pricing else read.shipping_cost_ex_tax
    address = read.shipping_addresses[0] if read.shipping_addresses else read.billing_address
    lines = _lines(read)
    return Order(
        source=SOURCE,
        external_id=read.id,
        number=read.id,
        placed_at=read.date_created,
        updated_at=read.date_modified,
        cancelled_at=read.date_modified if read.status_id in _CANCELLED else None,
        payment_status=_payment(read),
        fulfilled=read.status_id in _SENT,
        total=Money.of(read.total_inc_tax - read.refunded_amount, read.currency_code),
        shipping_paid=Money.of(shipping, read.currency_code),
        customer=_customer(read, address),
        destination=_address(address),
        lines=lines,
        shipping_method=address.shipping_method,
        note=read.customer_message,
        tags=("preorder",) if any(line.attributes.get("preorder") for line in lines) else (),
    )


def _payment(read: BigOrder) -> PaymentStatus:
    """By a refund, then by the payment where BigCommerce knows one, then by the status: all others mean paid."""
    known = _REFUNDED.get(read.status_id) or _BY_PAYMENT.get(read.payment_status.lower())
    return known or _PAYMENT.get(read.status_id, PaymentStatus.PAID)


def _lines(read: BigOrder) -> tuple[OrderLine, ...]:
    """The lines with something left to send, numbered as in the channel's list; parts of a bundle come with it."""
    numbered = enumerate(read.products, start=1)
    return tuple(
        _line(number, product, read)
        for number, product in numbered
        if product.ordered and product.parent_order_product_id in {"", "0"}
    )


def _line(number: int, product: BigProduct, read: BigOrder) -> OrderLine:
    """Every variant has a SKU of its own. The weight is in the store's unit, which the order does not name."""
    price = product.price_inc_tax if read.is_tax_inclusive_pricing else product.price_ex_tax
    return OrderLine(
        line_no=number,
        line_id=product.id,
        sku=product.sku,
        title=product.name,
        quantity=product.ordered,
        unit_price=Money.of(price, read.currency_code),
        requires_shipping=product.type == "physical",
        attributes={**_options(product), **_preorder(product)},
    )


def _options(product: BigProduct) -> dict[str, str]:
    return {option.display_name: option.display_value for option in product.product_options}


def _preorder(product: BigProduct) -> dict[str, str]:
    if not product.is_preorder:
        return {}
    told = {"preorder_release_date": product.preorder_release_date, "preorder_message": product.preorder_message}
    return {"preorder": "true", **{name: text for name, text in told.items() if text}}


def _customer(read: BigOrder, address: BigAddress) -> Customer:
    """The tier and the type are the customer's group: "VIP", and "B2B" or "Wholesale"."""
    billing, group = read.billing_address, read.customer_group.lower()
    return Customer(
        customer_id="" if read.customer_id == "0" else read.customer_id,
        name=_full_name(billing) or _full_name(address),
        email=billing.email or address.email,
        phone=billing.phone or address.phone,
        tier="VIP" if group == "vip" else "standard",
        customer_type="b2b" if group in {"b2b", "wholesale"} else "consumer",
        tags=(read.customer_group,) if read.customer_group else (),
    )


def _address(address: BigAddress) -> Address:
    return Address(
        name=_full_name(address),
        company=address.company,
        line1=address.street_1,
        line2=address.street_2,
        city=address.city,
        region=region_code(address.country_iso2, address.state),
        postal_code=address.zip,
        country=address.country_iso2,
        phone=address.phone,
    )


def _full_name(address: BigAddress) -> str:
    return " ".join(filter(None, (address.first_name, address.last_name)))
