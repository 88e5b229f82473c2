"""From Shopify's words to an order of ours."""

from typing import Any

from pydantic import ValidationError

from connectors.channels.shopify.document import ShopifyAddress, ShopifyCustomer, ShopifyLine, ShopifyOrder
from connectors.errors import Unreadable
from connectors.reading import read_as, unreadable
from orderflow.address import Address
from orderflow.money import Money
from orderflow.order import Customer, Order, OrderLine, PaymentStatus

SOURCE = "shopify"

# These topics are about an order and yet do not carry one; an orders/updated says the same in full.
_WITHOUT_ORDER = frozenset(
    [
        "orders/delete",
        "orders/edited",
        "orders/risk_assessment_changed",
        "orders/shopify_protect_eligibility_changed",
    ]
)
_PAYMENT = {
    "": PaymentStatus.PENDING,
    "pending": PaymentStatus.PENDING,
    "partially_paid": PaymentStatus.PENDING,
    "authorized": PaymentStatus.AUTHORIZED,
    "paid": PaymentStatus.PAID,
    "partially_refunded": PaymentStatus.PARTIALLY_REFUNDED,
    "refunded": PaymentStatus.REFUNDED,
    "voided": PaymentStatus.FAILED,
    "expired": PaymentStatus.FAILED,
}
# What we write into an order ourselves is no attribute of it.
OUR_NAMESPACE = "orderflow"

_BUSINESS_TAGS = {"b2b", "wholesale"}
_RISKS = ("", "low", "medium", "high")
_ORDER_PREFIX = "gid://shopify/Order/"


def orders_in(topic: str, document: Any) -> tuple[Order, ...]:
    """The orders of a webhook's body, of a REST answer or of a pulled node; () where there are none.

    Raises Unreadable with the path of the field that is wrong.
    """
    if "/" in topic and (not topic.startswith("orders/") or topic in _WITHOUT_ORDER):
        return ()
    if not isinstance(document, dict):
        return ()
    if "orders" in document:
        return tuple(_numbered(position, each) for position, each in enumerate(document["orders"] or ()))
    if "order" in document:
        return (order_of(document["order"]),)
    return (order_of(document),) if _is_order(topic, document) else ()


def order_of(document: Any) -> Order:
    """One order. Raises Unreadable."""
    read = read_as(ShopifyOrder, document)
    try:
        return _order(read)
    except ValidationError as error:
        raise unreadable(error) from None


def _is_order(topic: str, document: dict[str, Any]) -> bool:
    identifier = str(document.get("admin_graphql_api_id") or document.get("id") or "")
    return topic.startswith("orders/") or identifier.startswith(_ORDER_PREFIX)


def _numbered(position: int, document: Any) -> Order:
    try:
        return order_of(document)
    except Unreadable as error:
        raise Unreadable(str(error), field=f"orders[{position}].{error.field}") from None


def _order(read: ShopifyOrder) -> Order:
    attributes = {**read.note_attributes, **_metafields(read)}
    chosen = [line for line in read.shipping_lines if not line.is_removed]
    return Order(
        source=SOURCE,
        external_id=read.id,
        number=read.name or read.id,
        placed_at=read.created_at,
        updated_at=read.updated_at,
        cancelled_at=read.cancelled_at,
        payment_status=_payment(read.financial_status),
        fulfilled=read.fulfillment_status.lower() == "fulfilled",
        total=Money.of(read.total, read.currency),
        shipping_paid=Money.of(sum(line.price for line in chosen), read.currency),
        customer=_customer(read),
        destination=_address(read.shipping_address or ShopifyAddress()),
        lines=_lines(read),
        shipping_method=chosen[0].title if chosen else "",
        gift=attributes.get("gift", "").lower() in {"true", "yes", "1"},
        risk=max((risk.risk_level.lower() for risk in read.risks), key=_risk_rank, default=""),
        note=read.note,
        tags=read.tags,
        attributes=attributes,
    )


def _payment(status: str) -> PaymentStatus:
    try:
        return _PAYMENT[status.lower()]
    except KeyError:
        known = ", ".join(filter(None, _PAYMENT))
        raise Unreadable(f"expected one of {known}", field="financial_status") from None


def _lines(read: ShopifyOrder) -> tuple[OrderLine, ...]:
    """The lines with something left to send. Numbers stay those of the channel's list, whatever was removed."""
    numbered = enumerate(read.line_items, start=1)
    return tuple(_line(number, line, read.currency) for number, line in numbered if line.ordered)


def _line(number: int, line: ShopifyLine, currency: str) -> OrderLine:
    """Every variant has a SKU of its own in Shopify, so `variant` stays empty; its name is part of the title."""
    return OrderLine(
        line_no=number,
        line_id=line.id,
        sku=line.sku,
        title=line.name or line.title,
        quantity=line.ordered,
        unit_price=Money.of(line.price, currency),
        weight_grams=line.grams,
        requires_shipping=line.requires_shipping is not False,
        attributes=line.properties,
    )


def _customer(read: ShopifyOrder) -> Customer:
    """The tier and the type are tags, of the customer or of the order: "VIP", and "b2b" or "wholesale"."""
    customer = read.customer or ShopifyCustomer()
    address = read.shipping_address or ShopifyAddress()
    tags = {tag.lower() for tag in (*customer.tags, *read.tags)}
    return Customer(
        customer_id=customer.id,
        name=_full_name(customer.first_name, customer.last_name) or address.name,
        email=read.email or read.contact_email or customer.email,
        phone=read.phone or customer.phone or address.phone,
        tier="VIP" if "vip" in tags else "standard",
        customer_type="b2b" if read.company or tags & _BUSINESS_TAGS else "consumer",
        order_count=customer.orders_count or 0,
        tags=customer.tags,
    )


def _address(address: ShopifyAddress) -> Address:
    return Address(
        name=address.name or _full_name(address.first_name, address.last_name),
        company=address.company,
        line1=address.address1,
        line2=address.address2,
        city=address.city,
        region=address.province_code or address.province,
        postal_code=address.zip,
        country=address.country_code,
        phone=address.phone,
        latitude=address.latitude,
        longitude=address.longitude,
    )


def _full_name(first: str, last: str) -> str:
    return " ".join(filter(None, (first, last)))


def _metafields(read: ShopifyOrder) -> dict[str, str]:
    return {_metafield_name(each): each.value for each in read.metafields if each.namespace != OUR_NAMESPACE}


def _metafield_name(metafield: Any) -> str:
    return ".".join(filter(None, (metafield.namespace, metafield.key)))


def _risk_rank(level: str) -> int:
    return _RISKS.index(level) if level in _RISKS else 0
