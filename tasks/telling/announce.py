"""Announce: who must hear of what, as outbox rows that are written in the commit of the thing itself.

A row holds ids only, no personal data and no words: what to say is composed when it is sent. `to` is a recipient as
rules write it ("slack_channel:vip_orders") or "customer".
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from connectors.database.holds import HoldRow
from connectors.database.inbox import DeadLetter
from connectors.database.orders import StoredOrder
from connectors.database.outbox import OutboxItem, OutboxRow
from connectors.database.shipments import ShipmentRow
from connectors.shop import Shop
from orderflow.backorders.modes import mode_of
from orderflow.decision import Decision, Outcome, PlannedLine
from orderflow.holds import Hold
from orderflow.inventory import StockLevel
from orderflow.notices.order_event import EventType
from orderflow.policy import BackorderMode
from orderflow.rules.actions import Actions
from orderflow.thresholds import Rung, StockAlertAction

OPERATIONS = "operations"
INVENTORY = "inventory"
FULFILLMENT = "fulfillment"

# Rows of sheets have keys: writing one again replaces it.
_KEYED = {"repeat_is_safe": True}


def after_routing(shop: Shop, stored: StoredOrder, decision: Decision) -> list[OutboxItem]:
    """A hold, a backorder and what rules ask for are announced.

    The decision goes to the log at once where no label follows; else it is logged with its tracking number. What a rule
    asks to be written down as an exception has a log of its own.
    """
    version = f"{stored.id}/{stored.version}"
    label_follows = decision.outcome is Outcome.SHIP and shop.configuration.fulfillment.auto_generate_labels
    items = [] if label_follows else [_logged(stored)]
    actions = Actions.model_validate(decision.actions)
    if decision.hold:
        items += after_holding(shop, stored, decision.hold)
    elif decision.outcome is Outcome.SHIP:
        items += event_items(shop, stored, EventType.ROUTED, version, _tagged(actions))
    if decision.plan.backordered:
        items += _backordered(shop, stored, decision, version)
    if actions.notify_inventory_team:
        team = shop.configuration.notifications.recipients_of(INVENTORY)
        items += _rows("routed", team, stored.id, f"{version}/routed", {})
    if actions.log_exception:
        items.append(OutboxItem(f"{version}/exception", "log", "exception", stored.id, _KEYED))
    return items


def after_labelling(shop: Shop, stored: StoredOrder, rows: Sequence[ShipmentRow], actions: Actions) -> list[OutboxItem]:
    """Each parcel's notice to the customer and report to the channel; the routing card to whom a rule names."""
    version = f"{stored.id}/{stored.version}"
    items = [_logged(stored)]
    for row in rows:
        payload = {"shipment_id": row.id}
        items.append(OutboxItem(f"{row.id}/shipped", "notify", "shipped", stored.id, payload | {"to": "customer"}))
        report = payload | {"repeat_is_safe": True}
        items.append(OutboxItem(f"{row.id}/report", "sync", "shipment", stored.id, report))
        if actions.label_by_email:
            team = shop.configuration.notifications.recipients_of(FULFILLMENT)
            items += _rows("label", team, stored.id, f"{row.id}/label", payload)
        items += _labels(shop, stored, row)
    items += _rows("routed", named_recipients(shop, actions), stored.id, f"{version}/routed", {})
    return items + event_items(shop, stored, EventType.SHIPPED, version, _tagged(actions))


def after_holding(shop: Shop, stored: StoredOrder, hold: Hold) -> list[OutboxItem]:
    """The team that answers for the reason hears of the case, and so do the webhooks and the log."""
    key = f"{stored.id}/{stored.version}/{hold.code}"
    recipients = shop.configuration.notifications.recipients_for(hold.reason)
    held = _rows("held", recipients, stored.id, f"{key}/held", {"reason": hold.reason})
    return [_logged(stored), *held, *event_items(shop, stored, EventType.HELD, key, {"reason": hold.reason})]


def after_cancelling(shop: Shop, stored: StoredOrder) -> list[OutboxItem]:
    """Webhooks and the log hear of a cancelled order; refunding is the channel's."""
    key = f"{stored.id}/{stored.version}/cancelled"
    events = event_items(shop, stored, EventType.STATUS_CHANGED, key)
    return [_logged(stored), *events, *progress_items(shop, stored, key)]


def after_escalation(shop: Shop, held: HoldRow) -> list[OutboxItem]:
    """A case that waited too long goes to the manager by every way operations reads, and by SMS; once."""
    notifications = shop.configuration.notifications
    phones = tuple(f"sms:{number}" for number in notifications.sms_recipients if notifications.allows("sms:x"))
    recipients = (*notifications.recipients_of(OPERATIONS), *phones)
    return _rows("escalated", recipients, held.order_id, f"{held.id}/escalated", {"reason": held.hold.reason})


def after_stock_alert(shop: Shop, level: StockLevel, rung: Rung, raised_at_ms: int) -> list[OutboxItem]:
    """What a rung of the ladder asks for: SMS, a purchase-order draft, the supplier's mail, the manager."""
    notifications = shop.configuration.notifications
    key = f"stock/{level.sku}/{level.variant}/{rung.code}/{raised_at_ms}"
    about: dict[str, Any] = {"sku": level.sku, "variant": level.variant, "raised_at_ms": raised_at_ms}
    about |= {"rung": rung.code, "units": rung.units}
    items: list[OutboxItem] = []
    if StockAlertAction.SMS in rung.actions and notifications.sms_enabled:
        phones = tuple(f"sms:{number}" for number in notifications.sms_recipients)
        items += _rows("stock", phones, "", key, about)
    if StockAlertAction.PURCHASE_ORDER_DRAFT in rung.actions:
        items.append(OutboxItem(f"{key}/draft", "log", "purchase_order", "", about | _KEYED))
    if StockAlertAction.SUPPLIER_EMAIL in rung.actions and notifications.email_enabled:
        items.append(OutboxItem(f"{key}/supplier", "notify", "supplier", "", about | {"to": "supplier"}))
    if StockAlertAction.MANAGER in rung.actions:
        items += _rows("stock", notifications.recipients_of(INVENTORY), "", key, about)
    return items


def stuck_order(shop: Shop, order_id: str) -> list[OutboxItem]:
    """An order that nobody moved for a day is shown to operations, once."""
    return _rows("stuck", _operations(shop), order_id, f"{order_id}/stuck", {})


def dead_letter_digest(shop: Shop, letters: Sequence[DeadLetter]) -> list[OutboxItem]:
    """One message about all dead letters that nobody was told of yet, told apart by the newest."""
    if not letters:
        return []
    newest = max(letter.id for letter in letters)
    by_source = sorted({letter.source for letter in letters})
    about = {"count": len(letters), "sources": by_source, "what": "deliveries that could not be read"}
    return _rows("digest", _operations(shop), "", f"dead-letters/{newest}", about)


def uncertain_digest(shop: Shop, rows: Sequence[OutboxRow]) -> list[OutboxItem]:
    """One message about messages that may or may not have been sent, told apart by the newest."""
    if not rows:
        return []
    newest = max(row.id for row in rows)
    about = {"count": len(rows), "sources": sorted({row.kind for row in rows}), "what": "messages of unknown fate"}
    return _rows("digest", _operations(shop), "", f"uncertain/{newest}", about)


def sweep_items(shop: Shop, finding: str, key: str, count: int, where: Iterable[str]) -> list[OutboxItem]:
    """What a sweep of the watch found, to operations; `key` makes it once only, the words stand in warnings.py."""
    about = {"finding": finding, "count": count, "where": sorted(set(where))}
    return _rows("swept", _operations(shop), "", f"swept/{finding}/{key}", about)


def after_switching_off(shop: Shop, url: str, host: str, at_ms: int) -> list[OutboxItem]:
    """Operations hears that nothing more is sent to an address; its path may be a secret and is not told."""
    digest = hashlib.sha256(url.encode()).hexdigest()[:12]
    return _rows("endpoint", _operations(shop), "", f"endpoint/{digest}/{at_ms}", {"host": host})


def named_recipients(shop: Shop, actions: Actions) -> tuple[str, ...]:
    """Whom the rules name, without the ways that are switched off."""
    return tuple(recipient for recipient in actions.recipients if shop.configuration.notifications.allows(recipient))


def after_failed_printing(shop: Shop, order_id: str, shipment_id: str) -> list[OutboxItem]:
    """A label no printer would take goes to the team by every way it reads, attached where that is mail; once."""
    team = shop.configuration.notifications.recipients_of(FULFILLMENT) or _operations(shop)
    return _rows("label", team, order_id, f"{shipment_id}/unprinted", {"shipment_id": shipment_id})


def event_items(
    shop: Shop, stored: StoredOrder, kind: EventType, key: str, about: dict[str, Any] | None = None
) -> list[OutboxItem]:
    """The event for every outgoing webhook that wants it; `key` makes it once only."""
    return _events(shop, stored.id, kind, key, about or {})


def unordered_event_items(shop: Shop, kind: EventType, key: str, about: dict[str, Any]) -> list[OutboxItem]:
    """The same for an event that is about no single order."""
    return _events(shop, "", kind, key, about)


def progress_items(shop: Shop, stored: StoredOrder, key: str) -> list[OutboxItem]:
    """The routing card is brought up to date wherever a rule could have put one; nothing is sent where none stands."""
    allowed = [to for to in shop.card_channels if shop.configuration.notifications.allows(to)]
    return _rows("progress", allowed, stored.id, f"{key}/progress", {"repeat_is_safe": True})


def operations_items(shop: Shop, kind: str, order_id: str, key: str, about: dict[str, Any]) -> list[OutboxItem]:
    """A message to every way operations reads."""
    return _rows(kind, _operations(shop), order_id, key, about)


def _events(shop: Shop, order_id: str, kind: EventType, key: str, about: dict[str, Any]) -> list[OutboxItem]:
    hooks = [hook for hook in shop.configuration.outgoing_webhooks if not hook.events or kind in hook.events]
    payload = {"event": kind.value, "repeat_is_safe": True, **about}
    return _rows("event", [f"webhook:{hook.url}" for hook in hooks], order_id, f"{key}/{kind}", payload)


def _tagged(actions: Actions) -> dict[str, Any]:
    return {"tags": list(actions.tags)} if actions.tags else {}


def _labels(shop: Shop, stored: StoredOrder, row: ShipmentRow) -> list[OutboxItem]:
    """The label goes to the mailboxes and printers of the parcel's location."""
    place = shop.locations.get(row.location)
    return [
        OutboxItem(
            f"{row.id}/label/{to}",
            "notify",
            "print" if to.startswith("printer:") else "label",
            stored.id,
            {"shipment_id": row.id, "to": to},
        )
        for to in (place.labels_to if place else ())
    ]


def _logged(stored: StoredOrder) -> OutboxItem:
    return OutboxItem(f"{stored.id}/{stored.version}/log", "log", "decision", stored.id, _KEYED)


def _operations(shop: Shop) -> tuple[str, ...]:
    return shop.configuration.notifications.recipients_of(OPERATIONS)


def _backordered(shop: Shop, stored: StoredOrder, decision: Decision, version: str) -> list[OutboxItem]:
    items = event_items(shop, stored, EventType.BACKORDERED, f"{version}/backordered")
    if any(_mode(shop, stored, line) is BackorderMode.NOTIFY for line in decision.plan.backordered):
        key = f"{version}/backordered"
        items.append(OutboxItem(key, "notify", "backordered", stored.id, {"to": "customer"}))
    return items


def _mode(shop: Shop, stored: StoredOrder, waiting: PlannedLine) -> BackorderMode:
    line = next(line for line in stored.order.lines if line.line_no == waiting.line_no)
    item = (waiting.sku, waiting.variant)
    own = [one.backorders for one in shop.configuration.products if one.backorders and (one.sku, one.variant) == item]
    return mode_of(line, next(iter(own), shop.configuration.routing.backorders))


def _rows(kind: str, recipients: Iterable[str], order_id: str, key: str, about: dict[str, Any]) -> list[OutboxItem]:
    # The dashboard reads the books themselves; nothing is sent to it.
    wanted = [recipient for recipient in recipients if not recipient.startswith("dashboard:")]
    return [OutboxItem(f"{key}/{to}", "notify", kind, order_id, about | {"to": to}) for to in wanted]
