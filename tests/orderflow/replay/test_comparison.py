"""Where two decisions differ, in words, and what a draft would have changed."""

import json
from typing import Any

import pytest
from routing_values import EAST, NOW, WEST, facts, line, order, routing

from orderflow.decision import Decision
from orderflow.holds import Hold, HoldReason
from orderflow.money import Money
from orderflow.replay.comparison import first_difference
from orderflow.replay.what_if import Pair, compare, figures_of, needs_a_person
from orderflow.routing import decide
from orderflow.rules.rule_set import RuleSet


def decided(held: dict[str, dict[str, int]], **policy: Any) -> Decision:
    known = order(line(1, "SKU123"), line(2, "SKU456", 2))
    return decide(facts(known, held, locations=(EAST, WEST), policy=routing(**policy)), RuleSet())


WHOLE = decided({"warehouse_east": {"SKU123": 5, "SKU456": 5}, "warehouse_west": {"SKU123": 5, "SKU456": 5}})
SPLIT = decided({"warehouse_east": {"SKU123": 5}, "warehouse_west": {"SKU456": 5}})
SHORT = decided({"warehouse_east": {"SKU123": 5, "SKU456": 0}})


def test_equal_bytes_are_no_difference() -> None:
    assert first_difference(WHOLE.model_dump_json(), WHOLE) is None


def test_the_first_difference_names_its_place_and_both_values() -> None:
    found = first_difference(WHOLE.model_dump_json(), WHOLE.model_copy(update={"route_score": 1.5}))
    assert found
    assert (found.path, found.now) == ("route_score", "1.5")
    assert str(found) == f"route_score was {found.recorded} and is 1.5"


def test_lists_of_different_length_are_compared_as_a_whole() -> None:
    found = first_difference(WHOLE.model_dump_json(), SPLIT)
    assert found
    assert found.path == "reason"
    same_reason = SPLIT.model_copy(update={"reason": WHOLE.reason})
    found = first_difference(WHOLE.model_dump_json(), same_reason)
    assert found
    assert (found.path, found.recorded, found.now) == ("plan.shipments", "a list of 1", "a list of 2")


def test_a_record_from_before_a_field_existed_is_the_same_while_the_field_is_at_its_default() -> None:
    old = json.loads(WHOLE.model_dump_json())
    del old["arm"]
    assert first_difference(json.dumps(old), WHOLE) is None
    found = first_difference(json.dumps(old), WHOLE.model_copy(update={"arm": "autumn/a"}))
    assert found
    assert (found.path, found.recorded) == ("arm", "nothing")


def test_figures_add_up_cost_splits_days_backorders_and_people() -> None:
    found = figures_of([WHOLE, SPLIT, SHORT])
    costs = [one.plan.cost for one in (WHOLE, SPLIT, SHORT)]
    total = sum((cost for cost in costs if cost), start=Money.zero("USD"))
    assert (found.orders, found.split, found.backordered, found.touched) == (3, 1, 1, 0)
    assert found.cost == (total,)
    days = [max(s.estimated_days or 0 for s in one.plan.shipments) for one in (WHOLE, SPLIT, SHORT)]
    assert found.promised_days == pytest.approx(sum(days) / 3, abs=0.01)
    assert figures_of([]).promised_days is None


def test_amounts_of_different_currencies_are_not_added_up() -> None:
    euros = WHOLE.plan.shipments[0].model_copy(update={"estimated_cost": Money.of(7, "EUR")})
    abroad = WHOLE.model_copy(update={"plan": WHOLE.plan.model_copy(update={"shipments": (euros,)})})
    assert [str(cost) for cost in figures_of([WHOLE, abroad]).cost] == ["EUR 7.00", str(WHOLE.plan.cost)]


@pytest.mark.parametrize(
    ("reason", "code", "lapses", "touched"),
    [
        (HoldReason.PAYMENT, "awaiting_payment", False, False),
        (HoldReason.PAYMENT, "payment_failed", False, True),
        (HoldReason.INVENTORY, "capacity", True, False),
        (HoldReason.APPROVAL, "high_value", True, True),
        (HoldReason.ADDRESS, "invalid_address", False, True),
    ],
)
def test_waits_that_end_by_themselves_need_nobody(reason: HoldReason, code: str, lapses: bool, touched: bool) -> None:
    hold = Hold(reason=reason, code=code, detail="?", remedy="?", lapses_at=NOW if lapses else None)
    assert needs_a_person(WHOLE.model_copy(update={"hold": hold})) is touched


def test_only_orders_whose_effect_changes_are_listed_with_the_drafts_reason() -> None:
    reworded = WHOLE.model_copy(update={"reason": "said otherwise", "policy_hash": "another"})
    answer = compare([Pair("#1", WHOLE, reworded), Pair("#2", WHOLE, SPLIT)])
    (change,) = answer.changes
    assert (change.number, change.reason) == ("#2", SPLIT.reason)
    assert change.before.startswith("ships from warehouse_east for $")
    assert "warehouse_east and warehouse_west" in change.after
    assert (answer.before.split, answer.after.split) == (0, 1)
