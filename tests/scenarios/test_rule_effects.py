"""Everything a rule may order is done, down to where it can be seen from outside; no effect is only a word."""

from collections.abc import Callable
from typing import Any

import pytest
from scenarios.floor import UP_TO_LABELS, Opener, ShopFloor, an_order
from shop_floor import RunningSandbox

from deployments.demo.orders import DemoOrder
from orderflow.rules.actions import Actions
from tasks.log import log_decisions
from tasks.telling.notify import notify_people

Seen = Callable[[ShopFloor, DemoOrder], Any]


def of_shipment(field: str) -> Seen:
    return lambda floor, order: getattr(floor.shipments(order)[0], field)


def of_hold(floor: ShopFloor, order: DemoOrder) -> Any:
    return (held := floor.hold(order)) and held.hold.code


def told(kind: str, recipient: str) -> Seen:
    """Whether a message of this kind was written for the recipient."""

    def seen(floor: ShopFloor, order: DemoOrder) -> bool:
        query = "SELECT payload FROM outbox WHERE kind = :kind AND order_id = :order"
        rows = floor.rows(query, kind=kind, order=floor.stored(order).id)
        return any(recipient in str(row["payload"]) for row in rows)

    return seen


def exceptions_logged(floor: ShopFloor, order: DemoOrder) -> list[str]:
    sheets = floor.sandbox.books("google_sheets", "sheets")
    cells = [row for sheet in sheets if sheet["title"] == "Exceptions" for row in sheet["rows"]]
    return [row[3] for row in cells if str(order.number) in str(row[1])]


def event_tags(floor: ShopFloor, order: DemoOrder) -> set[str]:
    """The tags of the order that webhooks were told, and that stand in its timeline."""
    bodies = [hook["body"]["data"] for hook in floor.sandbox.books("webhook", "deliveries")]
    sent = {tag for body in bodies if str(order.number) in body.get("order", "") for tag in body.get("tags", ())}
    kept = {tag for event in floor.timeline(order) for tag in (event.data or {}).get("tags", ())}
    return sent & kept


# The effect, what it is set to, where it is seen, what is seen there, and what without the rule.
EFFECTS = [
    ("warehouse", "warehouse_la", of_shipment("location"), "warehouse_la", "warehouse_east"),
    ("shipping_speed", "overnight", of_shipment("speed"), "overnight", "standard"),
    ("services", ["hand_packed"], of_shipment("services"), ("hand_packed",), ()),
    ("gift_wrap", True, of_shipment("services"), ("gift_wrap",), ()),
    ("gift_receipt", True, of_shipment("services"), ("gift_receipt",), ()),
    ("carrier", "fedex", of_shipment("carrier"), "fedex", "usps"),
    ("hold", "look_closer", of_hold, "look_closer", None),
    ("approval", "required", of_hold, "required_by_rule", None),
    ("notification", "slack_channel:packing", told("routed", "slack_channel:packing"), True, False),
    ("notify_inventory_team", True, told("routed", "slack_channel:inventory"), True, False),
    ("label_by_email", True, told("label", "slack_channel:fulfillment"), True, False),
    ("log_exception", True, exceptions_logged, ["it"], []),
    ("tags", ["engraved"], event_tags, {"engraved"}, set()),
]


def worked(opener: Opener, sandbox: RunningSandbox, **actions: Any) -> tuple[ShopFloor, DemoOrder]:
    rules = [{"id": "it", "actions": actions}] if actions else []
    floor = opener(routing_rules=rules, outgoing_webhooks=[{"url": f"{sandbox.address}/webhook/tags"}])
    floor.stock(50)
    order = an_order()
    floor.deliver(order)
    floor.work(*UP_TO_LABELS, notify_people, log_decisions)
    return floor, order


@pytest.mark.requirement("OF-10", "OF-103", "OF-105")
@pytest.mark.parametrize("case", EFFECTS, ids=[one[0] for one in EFFECTS])
def test_an_effect_can_be_seen_where_the_order_ends(opener, sandbox, case):
    effect, value, seen, expected, without = case
    assert seen(*worked(opener, sandbox, **{effect: value})) == expected
    assert seen(*worked(opener, sandbox)) == without


# Proved elsewhere, beside what they change.
ELSEWHERE = {"strategy", "delivery_days", "auto_approve", "label_provider"}


def test_every_effect_is_proved():
    assert {one[0] for one in EFFECTS} | ELSEWHERE == set(Actions.model_fields)
