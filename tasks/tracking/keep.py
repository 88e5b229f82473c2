"""What a carrier says of one parcel becomes scans, and, where it arrived, a delivery of its order.

1. Every scan is kept once, whoever told of it first.
2. The first word of its arrival marks the parcel as delivered and tells the customer. Once no parcel of the order is
   under way any more, the order is delivered too, and other systems hear of it.
3. The first word of trouble goes to operations. A parcel that misses its promise is told to the customer once.
"""

from collections import Counter

from sqlalchemy import Connection

from connectors.database import backorders, orders, outbox, shipments
from connectors.database.orders import StoredOrder
from connectors.database.session import moment
from connectors.database.shipments import ShipmentRow, TrackingRow
from connectors.shop import Shop
from orderflow.lifecycle import OrderStatus
from orderflow.shipping.tracking import TROUBLED, TrackingStatus, TrackingUpdate, is_late
from tasks.tracking.news import after_delay, after_order_delivery, after_parcel_delivery, after_trouble

POLL = "poll"


def keep_update(conn: Connection, shop: Shop, row: ShipmentRow, told: TrackingUpdate, source: str) -> Counter[str]:
    """Keeps the news of a tracked parcel in the caller's commit; counts scans, deliveries, delays and troubles."""
    # The order is locked first, as everywhere: two who tell of its last two parcels must not both see one under way.
    (stored,) = orders.load_orders(conn, shop.vault, [row.order_id], lock=True)
    before = shipments.tracking_of(conn, [row.id])[row.id]
    scans = shipments.keep_scans(conn, row.id, told.scans, source)
    has_news = bool(scans) or told.status != before.status
    now_known = shipments.note_update(conn, before, _sealed(shop, told), has_news=has_news)
    counts = Counter(scans=scans)
    if now_known.status is TrackingStatus.DELIVERED:
        counts += _deliver(conn, shop, stored, row, now_known)
    elif now_known.status in TROUBLED and now_known.status != before.status:
        counts["troubles"] += outbox.enqueue(conn, after_trouble(shop, stored, row, now_known.status))
    if _misses_its_promise(conn, shop, row, now_known):
        counts["delays"] += tell_delay(conn, shop, stored, row)
    return +counts


def tell_delay(conn: Connection, shop: Shop, stored: StoredOrder, row: ShipmentRow) -> int:
    """Tells of the delay unless that was done before; 1 where it is told now."""
    if not shipments.mark_late_told(conn, row.id):
        return 0
    outbox.enqueue(conn, after_delay(shop, stored, row))
    return 1


def _sealed(shop: Shop, told: TrackingUpdate) -> TrackingUpdate:
    """The update with the name of whoever took the parcel sealed, as all names of people are kept."""
    sealed = shop.vault.seal(told.signed_by.encode()).decode() if told.signed_by else ""
    return told.model_copy(update={"signed_by": sealed})


def _misses_its_promise(conn: Connection, shop: Shop, row: ShipmentRow, known: TrackingRow) -> bool:
    promised_to = moment(row.promised_to_ms) if row.promised_to_ms else None
    expected_at = moment(known.expected_at_ms) if known.expected_at_ms else None
    now = moment(shop.database.now_ms(conn))
    return not known.late_told and is_late(known.status, promised_to, expected_at, now)


def _deliver(conn: Connection, shop: Shop, stored: StoredOrder, row: ShipmentRow, known: TrackingRow) -> Counter[str]:
    arrived_at_ms = known.status_at_ms or shop.database.now_ms(conn)
    if not shipments.mark_delivered(conn, row.id, arrived_at_ms):
        return Counter()
    outbox.enqueue(conn, after_parcel_delivery(stored, row))
    is_last = _all_arrived(conn, stored)
    after = orders.record(
        conn,
        stored,
        owner=None,
        to_status=OrderStatus.DELIVERED if is_last else None,
        next_at_ms=stored.next_at_ms,
        kind="parcel_delivered",
        actor=f"carrier:{row.provider}",
        note=f"{row.carrier} {row.tracking_number} delivered",
        data={"shipment": row.id, "signed": bool(known.signed_by), "proof_url": known.proof_url},
    )
    if is_last:
        outbox.enqueue(conn, after_order_delivery(shop, after))
    return Counter(parcels_delivered=1, orders_delivered=int(is_last))


def _all_arrived(conn: Connection, stored: StoredOrder) -> bool:
    """Whether every parcel that left has arrived and nothing of the order waits for stock or a label."""
    if stored.status is not OrderStatus.FULFILLED or backorders.waiting_among(conn, [stored.id]):
        return False
    rows = shipments.shipments_of(conn, [stored.id])[stored.id]
    return all(row.state in {"delivered", "voided"} for row in rows)
