"""Compose: the words of one outbox row, from what our books say at the moment it is sent."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection

from connectors.choice_links import Choice, choice_link
from connectors.database import carriage, decisions, holds, products, stock
from connectors.database.carriage import CarrierChoice
from connectors.database.holds import HoldRow
from connectors.database.outbox import OutboxRow
from connectors.database.shipments import ShipmentRow
from connectors.shop import Shop
from connectors.templates.events import event
from orderflow.decision import Decision
from orderflow.holds import Hold, HoldReason
from orderflow.notices.customer.backorder_notice import backorder_notice, restock_window
from orderflow.notices.order_event import EventType, bottleneck_event, order_event
from orderflow.notices.purchase_order import supplier_notice
from orderflow.notices.recipients import Recipient
from orderflow.notices.staff.alerts import inventory_alert, order_status_alert
from orderflow.notices.staff.case_actions import case_actions, shortages_of
from orderflow.notices.staff.escalation import Severity
from orderflow.notices.staff.exception_notice import exception_notice
from orderflow.notices.staff.recommended_actions import Offer, Shortage
from orderflow.notices.staff.routing_card import EffectState, LabelEffect, RoutingEffects, routing_card
from orderflow.thresholds import stock_status
from tasks.approving.say_yes import asks_for_approval
from tasks.telling import parcel_news
from tasks.telling.addressing import Composed, address_of, addressed, mail_notifier, to_customer, to_staff
from tasks.telling.bottlenecks import bottleneck
from tasks.telling.cards import card_place, under_card
from tasks.telling.facts import (
    Facts,
    NobodyToTell,
    decision_of,
    labelled_parcels,
    letterhead,
    purchase_of,
    titles,
)
from tasks.telling.handover_mail import handover_mail
from tasks.telling.severity import severity_of
from tasks.telling.warnings import alarms, digest, endpoint_switched_off, swept


def compose(shop: Shop, row: OutboxRow, facts: Facts) -> Composed:
    """The notifier's code and the message; what is said of an order in a channel with its card goes under the card.

    Raises NobodyToTell.
    """
    of_the_shop = _OF_THE_SHOP.get(row.kind)
    code, message = of_the_shop(shop, row) if of_the_shop else _OF_AN_ORDER[row.kind](shop, row, facts)
    return mail_notifier(shop, code), under_card(shop, row, message) if code == "slack" else message


def _backordered(shop: Shop, row: OutboxRow, facts: Facts) -> Composed:
    stored, _ = facts.of(row)
    now = datetime.now(UTC)
    lines = decision_of(shop, row.order_id).plan.backordered
    links = {
        "wait_link": choice_link(shop.vault, shop.public_url, Choice(stored.id, "wait")),
        "cancel_link": choice_link(shop.vault, shop.public_url, Choice(stored.id, "cancel")),
    }
    restock = restock_window(now, None)
    notice = backorder_notice(stored.order, lines, letterhead(shop), restock=restock, now=now, **links)
    return to_customer(stored, notice, row)


def _progress(shop: Shop, row: OutboxRow, facts: Facts) -> Composed:
    if not card_place(shop, row):
        raise NobodyToTell("the order has no card there")
    return _card(shop, row, facts, with_status=True)


def _card(shop: Shop, row: OutboxRow, facts: Facts, *, with_status: bool = False) -> Composed:
    stored, rows = facts.of(row)
    decision = decision_of(shop, row.order_id)
    notice = routing_card(stored.order, decision, _effects(shop, row, rows), titles(shop), letterhead(shop))
    status = stored.status.value.replace("_", " ") if with_status else ""
    return to_staff(notice.model_copy(update={"status": status}), row)


def _effects(shop: Shop, row: OutboxRow, rows: list[ShipmentRow]) -> RoutingEffects:
    with shop.database.read() as conn:
        reserved = stock.reservations_of(conn, row.order_id)
        choices = carriage.choices_of(conn, [row.order_id])
    labels = tuple(
        LabelEffect(
            carrier=item.carrier or "carrier",
            service=item.service,
            state=EffectState.DONE if item.tracking_number else EffectState.PENDING,
            price=_price(item, choices.get(item.id)),
        )
        for item in rows
    )
    lines = tuple(line for item in rows for line in item.lines if any(r.line_no == line.line_no for r in reserved))
    return RoutingEffects(labels=labels, reserved=lines)


def _price(parcel: ShipmentRow, choice: CarrierChoice | None) -> str:
    if parcel.cost is None or choice is None or choice.market is None:
        return ""
    return f"{parcel.cost} (market average {choice.market})"


def _held(shop: Shop, row: OutboxRow, facts: Facts, severity: Severity | None = None) -> Composed:
    stored, _ = facts.of(row)
    with shop.database.read() as conn:
        held = holds.hold_of(conn, row.order_id)
        decision = decisions.latest_decision(conn, row.order_id)
        case_id = held.id if held and _has_buttons(conn, shop, held) else ""
        now = datetime.fromtimestamp(shop.database.now_ms(conn) / 1000, UTC)
    hold = (
        held.hold
        if held
        else Hold(
            reason=HoldReason(row.payload["reason"]),
            code="resolved",
            detail="The case is closed.",
            remedy="Nothing to do.",
        )
    )
    detected_at = datetime.fromtimestamp(held.opened_at_ms / 1000, UTC) if held else now
    urgency = severity or severity_of(shop, stored.order.total)
    short = shortages_of(stored.order, decision) if decision and hold.reason is HoldReason.INVENTORY else ()
    notice = exception_notice(
        stored.order,
        hold,
        severity=urgency,
        detected_at=detected_at,
        now=now,
        letterhead=letterhead(shop),
        shortages=short,
        actions=case_actions(hold, short, _offers(shop, decision, short)),
        case_id=case_id,
    )
    return to_staff(notice, row)


def _offers(shop: Shop, decision: Decision | None, short: Sequence[Shortage]) -> list[Offer]:
    """The places that were not chosen, with what they could add; said of one product only, as places count units."""
    if decision is None or len(short) != 1:
        return []
    names, others = titles(shop), [one for one in decision.plan.candidates if not one.chosen and not one.barred]
    return [Offer(location=names[one.location], units=one.covers, extra_cost=one.cost) for one in others if one.cost]


def _has_buttons(conn: Connection, shop: Shop, held: HoldRow) -> bool:
    """Whether the case can be answered where it is read: somebody is known there, and it only needs a yes or a no."""
    return bool(shop.configuration.notifications.slack_users) and asks_for_approval(conn, held)


def _stuck(shop: Shop, row: OutboxRow, facts: Facts) -> Composed:
    stored, rows = facts.of(row)
    parcels = labelled_parcels(rows)
    return to_staff(order_status_alert(stored.order, stored.status, parcels, datetime.now(UTC), letterhead(shop)), row)


def _stock(shop: Shop, row: OutboxRow) -> Composed:
    sku, variant = row.payload["sku"], row.payload["variant"]
    with shop.database.read() as conn:
        levels = stock.stock_view(conn, [(sku, variant)]).levels()
        product = products.products_of(conn, [(sku, variant)]).get((sku, variant))
    names = titles(shop)
    counts = {names.get(level.location, level.location): level.on_hand - level.reserved for level in levels}
    settings = shop.configuration.inventory_sync
    status = stock_status(tuple(counts.values()), settings.low_stock_threshold, settings.critical_stock_threshold)
    title = product.title if product and product.title else sku
    return to_staff(inventory_alert(title, sku, counts, status=status, threshold=row.payload["units"]), row)


def _supplier(shop: Shop, row: OutboxRow) -> Composed:
    purchase = purchase_of(shop, row)
    recipient = Recipient(notifier="sendgrid", address=purchase.supplier)
    if "@" not in recipient.address:
        raise NobodyToTell(f"{row.payload['sku']} has no supplier with a mail address", field="products.supplier")
    settings = shop.configuration.shop
    return addressed(supplier_notice(purchase, settings.name, settings.timezone), recipient, row)


def _event(shop: Shop, row: OutboxRow, facts: Facts) -> Composed:
    address = address_of(row.payload["to"])
    if row.payload["event"] == EventType.BOTTLENECK:
        piled = bottleneck_event(row.payload["stage"], row.payload["waiting"], datetime.now(UTC))
        return "webhook", event(piled, address, row.dedup_key)
    stored, rows = facts.of(row)
    parcels = labelled_parcels(rows)
    happened = order_event(
        EventType(row.payload["event"]),
        stored.order,
        datetime.now(UTC),
        status=stored.status,
        parcels=parcels,
        reason=row.payload.get("reason", ""),
        tags=row.payload.get("tags", ()),
    )
    return "webhook", event(happened, address, row.dedup_key)


_OF_AN_ORDER: dict[str, Callable[[Shop, OutboxRow, Facts], Composed]] = {
    "shipped": parcel_news.shipped,
    "delivered": parcel_news.delivered,
    "delayed": parcel_news.delayed,
    "undelivered": parcel_news.undelivered,
    "label": parcel_news.label,
    "handover": handover_mail,
    "backordered": _backordered,
    "routed": _card,
    "progress": _progress,
    "held": _held,
    "escalated": partial(_held, severity=Severity.HIGH),
    "stuck": _stuck,
    "event": _event,
}
_OF_THE_SHOP: dict[str, Callable[[Shop, OutboxRow], Composed]] = {
    "bottleneck": bottleneck,
    "endpoint": endpoint_switched_off,
    "stock": _stock,
    "supplier": _supplier,
    "digest": digest,
    "alarms": alarms,
    "swept": swept,
}
