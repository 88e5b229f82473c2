"""What messages and sheets are about, read from our books in the words of notices."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cached_property

from connectors.database import decisions, orders, products, shipments, stock
from connectors.database.orders import StoredOrder
from connectors.database.outbox import OutboxRow
from connectors.database.shipments import ShipmentRow
from connectors.errors import Refused
from connectors.shop import Shop
from orderflow.decision import Decision
from orderflow.notices.notice import Letterhead
from orderflow.notices.parcels import ShippedParcel
from orderflow.notices.purchase_order import PurchaseLine, PurchaseOrder
from orderflow.purchasing.second_supplier import purchase_number

# How the receipt of a message begins that there was nobody to send to.
NOT_SENT = "not sent: "


class NobodyToTell(Refused):
    """The message has no recipient: a customer without an address, a supplier without a mailbox."""


def letterhead(shop: Shop) -> Letterhead:
    """Who speaks, and where the order's page is."""
    settings = shop.configuration.shop
    return Letterhead(
        shop=settings.name, timezone=settings.timezone, console_url=settings.console_url or shop.public_url
    )


def parcel_of(row: ShipmentRow, rows: Sequence[ShipmentRow]) -> ShippedParcel:
    """A labelled shipment as notices speak of it, counted among those of the order that are not void."""
    counted = [item.number for item in rows if item.state != "voided" or item.id == row.id]
    moments = [
        datetime.fromtimestamp(at / 1000, UTC) if at else None for at in (row.promised_from_ms, row.promised_to_ms)
    ]
    return ShippedParcel(
        number=sorted(counted).index(row.number) + 1,
        parcel_count=len(counted),
        lines=row.lines,
        carrier=row.carrier,
        service=row.service,
        tracking_number=row.tracking_number,
        tracking_url=row.tracking_url,
        promised_from=moments[0],
        promised_to=moments[1],
    )


def labelled_parcels(rows: Sequence[ShipmentRow]) -> list[ShippedParcel]:
    """The parcels of an order that have a label and are not void, as notices speak of them."""
    return [parcel_of(row, rows) for row in rows if row.tracking_number and row.state != "voided"]


def titles(shop: Shop) -> dict[str, str]:
    """The locations' names by code."""
    return {code: location.title for code, location in shop.locations.items()}


OrderFacts = tuple[StoredOrder, list[ShipmentRow]]


class Facts:
    """What our books say of the orders of some messages that are about to be sent: read once, for all of them."""

    def __init__(self, shop: Shop, rows: Iterable[OutboxRow]) -> None:
        self._shop = shop
        self._ids = sorted({row.order_id for row in rows if row.order_id})

    def of(self, row: OutboxRow) -> OrderFacts:
        """The message's order with its shipments."""
        return self._known.get(row.order_id) or _read(self._shop, [row.order_id])[row.order_id]

    @cached_property
    def _known(self) -> dict[str, OrderFacts]:
        try:
            return _read(self._shop, self._ids)
        except Exception:  # one order among them is poison: each is read alone, so that only its messages fail
            return {}


def _read(shop: Shop, order_ids: Sequence[str]) -> dict[str, OrderFacts]:
    with shop.database.read() as conn:
        found = orders.load_orders(conn, shop.vault, order_ids)
        parcels = shipments.shipments_of(conn, order_ids)
    return {stored.id: (stored, parcels[stored.id]) for stored in found}


def decision_of(shop: Shop, order_id: str) -> Decision:
    """The order's newest decision. Raises NobodyToTell where nothing was decided yet."""
    with shop.database.read() as conn:
        decision = decisions.latest_decision(conn, order_id)
    if decision is None:
        raise NobodyToTell("the order has no decision to show")
    return decision


def purchase_of(shop: Shop, row: OutboxRow) -> PurchaseOrder:
    """The draft a stock alert asks for: enough to be back at twice the low threshold."""
    sku, variant = row.payload["sku"], row.payload["variant"]
    with shop.database.read() as conn:
        product = products.products_of(conn, [(sku, variant)]).get((sku, variant))
        units = sum(level.on_hand - level.reserved for level in stock.stock_view(conn, [(sku, variant)]).levels())
    target = 2 * shop.configuration.inventory_sync.low_stock_threshold
    line = PurchaseLine(sku=sku, product=product.title if product else sku, quantity=max(1, target - units))
    suppliers = (product.supplier, product.second_supplier) if product else ("", "")
    raised_at = datetime.fromtimestamp(row.payload["raised_at_ms"] / 1000, UTC)
    # The number is that of the alert: the draft and the supplier's mail speak of one order, and a repeat replaces it.
    number = purchase_number(sku, raised_at)
    return PurchaseOrder(
        number=number, supplier=suppliers[bool(row.payload.get("second"))], lines=(line,), created_at=raised_at
    )
