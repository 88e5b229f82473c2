"""The words about one parcel: its label, that it left, is late, is in trouble, or arrived."""

from datetime import UTC, datetime

from connectors.database import shipments
from connectors.database.orders import StoredOrder
from connectors.database.outbox import OutboxRow
from connectors.database.session import moment
from connectors.database.shipments import KeptScan, ShipmentRow
from connectors.shop import Shop
from connectors.templates.mails import mail
from orderflow.notices.customer.delivery_notices import delay_notice, delivered_notice, shipped_notice
from orderflow.notices.staff.alerts import delivery_failure_alert, label_alert
from orderflow.shipping.tracking import TROUBLED
from tasks.labelling.keep import label_attachment
from tasks.telling.addressing import Composed, addressed, staff_recipient, to_customer, to_staff
from tasks.telling.facts import Facts, letterhead, parcel_of, titles


def shipped(shop: Shop, row: OutboxRow, facts: Facts) -> Composed:
    """The customer's notice that a parcel left, and what is still to come."""
    stored, rows, shipment = _of_parcel(facts, row)
    before = [line for item in rows if item.number < shipment.number for line in item.lines if item.state != "voided"]
    return to_customer(stored, shipped_notice(stored.order, parcel_of(shipment, rows), letterhead(shop), before), row)


def delivered(shop: Shop, row: OutboxRow, facts: Facts) -> Composed:
    """The customer's notice that a parcel arrived."""
    stored, rows, shipment = _of_parcel(facts, row)
    at = moment(shipment.delivered_at_ms) if shipment.delivered_at_ms else datetime.now(UTC)
    notice = delivered_notice(stored.order, parcel_of(shipment, rows), letterhead(shop), at)
    return to_customer(stored, notice, row)


def delayed(shop: Shop, row: OutboxRow, facts: Facts) -> Composed:
    """The customer's notice that a parcel misses its promise, with the carrier's new day where it gave a later one."""
    stored, rows, shipment = _of_parcel(facts, row)
    with shop.database.read() as conn:
        known = shipments.tracking_of(conn, [shipment.id]).get(shipment.id)
        now_ms = shop.database.now_ms(conn)
    forecast = known.expected_at_ms if known and known.expected_at_ms else 0
    expected_at = moment(forecast) if forecast > max(now_ms, shipment.promised_to_ms or 0) else None
    notice = delay_notice(stored.order, parcel_of(shipment, rows), letterhead(shop), expected_at)
    return to_customer(stored, notice, row)


def undelivered(shop: Shop, row: OutboxRow, facts: Facts) -> Composed:
    """The alert that a carrier has trouble with a parcel, in its own words."""
    stored, rows, shipment = _of_parcel(facts, row)
    with shop.database.read() as conn:
        trouble = _last_trouble(shipments.scans_of(conn, shipment.id))
    problem = trouble.scan.text if trouble else "the carrier reports a problem"
    at = trouble.scan.at if trouble else datetime.now(UTC)
    return to_staff(delivery_failure_alert(stored.order, parcel_of(shipment, rows), problem, at, letterhead(shop)), row)


def label(shop: Shop, row: OutboxRow, facts: Facts) -> Composed:
    """The alert that a label is ready to be printed; a mail has the file attached."""
    stored, rows, shipment = _of_parcel(facts, row)
    place = titles(shop).get(shipment.location, shipment.location)
    notice = label_alert(stored.order, parcel_of(shipment, rows), place, letterhead(shop))
    recipient = staff_recipient(row)
    if recipient.notifier != "sendgrid":
        return addressed(notice, recipient, row)
    return "sendgrid", mail(notice, recipient.address, row.dedup_key, label_attachment(shipment))


def _of_parcel(facts: Facts, row: OutboxRow) -> tuple[StoredOrder, list[ShipmentRow], ShipmentRow]:
    stored, rows = facts.of(row)
    return stored, rows, next(item for item in rows if item.id == row.payload["shipment_id"])


def _last_trouble(scans: list[KeptScan]) -> KeptScan | None:
    return next((kept for kept in reversed(scans) if kept.scan.status in TROUBLED), None)
