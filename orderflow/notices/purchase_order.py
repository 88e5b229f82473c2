"""What a supplier and our own buyers see of a purchase order."""

from collections.abc import Iterable
from datetime import datetime

from orderflow.notices.notice import Notice
from orderflow.notices.sheets import Sheet
from orderflow.notices.wording import day, moment, one_line
from orderflow.value import Value

PURCHASE_ORDER_COLUMNS = ("Line", "Purchase Order", "SKU", "Product", "Quantity", "Supplier", "Status", "Created")


class PurchaseLine(Value):
    """Units of one SKU to be ordered."""

    sku: str
    product: str
    quantity: int


class PurchaseOrder(Value):
    """Goods to be ordered from one supplier. `status` is "draft" until somebody sends it."""

    number: str
    supplier: str
    lines: tuple[PurchaseLine, ...]
    status: str = "draft"
    created_at: datetime
    needed_by: datetime | None = None


class SupplierNotice(Notice):
    """The order a supplier reads. What we still have in stock is none of its business and has no field here."""

    shop: str
    supplier: str
    number: str
    lines: tuple[str, ...]
    needed_by: str
    reply_to: str


def supplier_notice(purchase: PurchaseOrder, shop: str, timezone: str, reply_to: str = "") -> SupplierNotice:
    """The mail to the supplier of this purchase order."""
    return SupplierNotice(
        subject=f"Purchase order {one_line(purchase.number)} from {one_line(shop)}",
        shop=shop,
        supplier=one_line(purchase.supplier),
        number=one_line(purchase.number),
        lines=tuple(f"{line.quantity}x {one_line(line.product)} ({one_line(line.sku)})" for line in purchase.lines),
        needed_by=day(purchase.needed_by, timezone) if purchase.needed_by else "",
        reply_to=reply_to,
    )


def purchase_order_sheet(purchases: Iterable[PurchaseOrder], timezone: str) -> Sheet:
    """The purchase orders as rows, one for each line; writing one again replaces it."""
    rows = (
        {
            "Line": f"{purchase.number}/{line.sku}",
            "Purchase Order": purchase.number,
            "SKU": line.sku,
            "Product": line.product,
            "Quantity": line.quantity,
            "Supplier": purchase.supplier,
            "Status": purchase.status,
            "Created": moment(purchase.created_at, timezone),
        }
        for purchase in purchases
        for line in purchase.lines
    )
    return Sheet(table="Purchase Orders", key_column="Line", columns=PURCHASE_ORDER_COLUMNS, rows=tuple(rows))
