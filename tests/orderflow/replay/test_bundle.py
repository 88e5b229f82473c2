"""A bundle keeps of an order what its decision needs, and nothing else."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from routing_values import CARD, EVERYONE, facts, line, order, routing

from orderflow.address import Address
from orderflow.order import Customer
from orderflow.replay import Basis, DecisionInputs
from orderflow.replay.bundle import Bundle
from orderflow.replay.comparison import first_difference
from orderflow.rules.rule import Rule
from orderflow.rules.rule_set import RuleSet

ASKING = (
    {"id": "tagged", "conditions": {"tags": {"contains": "wholesale"}}, "actions": {"tags": ["bulk"]}},
    {"id": "known", "conditions": {"customer_id": "c-4711"}, "actions": {"gift_wrap": True}},
    {"id": "many", "conditions": {"attribute(copies)": {"gte": 3}}, "actions": {"gift_receipt": True}},
    {"id": "gift", "conditions": {"attribute(message)": {"contains": "birthday"}}, "actions": {"services": ["card"]}},
)


def inputs(*rules: dict[str, Any], strategy: str = "cheapest", **changes: Any) -> DecisionInputs:
    address = {"city": "Boston", "region": "MA", "postal_code": "02110", "country": "US", "line1": "99 Nightjar Lane"}
    known = {
        "customer": Customer(
            customer_id="c-4711", name="Zebediah Quux", email="zq@canary.example", tags=("Quux clan",)
        ),
        "destination": Address(latitude=42.360123, longitude=-71.059876, **address),
        "tags": ("Wholesale", "for Zebediah"),
        "attributes": {"copies": "5", "message": "Happy birthday, Zebediah!", "unasked": "Zebediah"},
    }
    lines = (line(1, "SKU123", attributes={"engraving": "Zebediah", "backorders": "do_not_allow"}),)
    held = {place.code: {"SKU123": 3} for place in EVERYONE}
    facts_ = facts(order(*lines, **known | changes), held, locations=EVERYONE, policy=routing(strategy=strategy))
    written = tuple(Rule.model_validate({"on_match": "continue"} | one) for one in rules)
    basis = Basis(rules=RuleSet(rules=written), policy=facts_.policy, locations=EVERYONE, rate_card=CARD)
    return DecisionInputs(facts_, basis)


def bundled(given_: DecisionInputs) -> Bundle:
    bundle = Bundle.of("#1001", given_.decide().model_dump_json(), given_)
    return Bundle.model_validate_json(bundle.document)


@pytest.mark.parametrize("strategy", ["cheapest", "fastest", "nearest", "weighted_score", "priority"])
@pytest.mark.parametrize("rules", [(), ASKING])
def test_a_bundle_makes_the_same_decision_whatever_the_rules_look_at(strategy: str, rules: Any) -> None:
    given_ = inputs(*rules, strategy=strategy)
    bundle = bundled(given_)
    again = bundle.decision_inputs().decide()
    assert first_difference(bundle.decision.model_dump_json(), again) is None
    decision = given_.decide()
    assert (again.actions, again.plan.shipments, again.hold) == (
        decision.actions,
        decision.plan.shipments,
        decision.hold,
    )
    assert bool(again.actions) is bool(rules)


def test_what_no_rule_looks_at_is_not_in_the_file() -> None:
    written = bundled(inputs()).document.casefold()
    for canary in ("zebediah", "quux", "nightjar", "canary", "4711", "wholesale", "birthday", "unasked", "copies"):
        assert canary not in written
    assert "do_not_allow" in written  # the product's own backorder mode decides


def test_what_rules_look_for_is_kept_word_by_word() -> None:
    order_ = bundled(inputs(*ASKING)).decision_inputs().facts.order
    assert order_.customer.customer_id == "c-4711"
    assert order_.attributes["copies"] == "5"
    assert order_.attributes["message"] == "••••••birthday•••••••••••"
    assert order_.tags[0] == "wholesale"
    assert set(order_.tags[1]) == {"•"}
    assert "Zebediah" not in bundled(inputs(*ASKING)).document


def test_the_house_cannot_be_told_from_coordinates_or_distances() -> None:
    given_ = inputs()
    document = bundled(given_).document
    exact = [one.whole.distance_km for one in given_.decide().plan.candidates]
    assert all(one is not None and str(one) not in document for one in exact)
    assert "42.36012" not in document
    destination = bundled(given_).decision_inputs().facts.order.destination
    assert (destination.latitude, destination.longitude) == (42.4, -71.1)


def test_a_decision_this_release_makes_otherwise_is_bundled_with_the_same_difference() -> None:
    given_ = inputs()
    recorded = given_.decide().model_copy(update={"reason": "as an older release said"})
    bundle = Bundle.of("#1001", recorded.model_dump_json(), given_)
    found = first_difference(bundle.decision.model_dump_json(), bundle.decision_inputs().decide())
    assert found
    assert (found.path, found.recorded) == ("reason", "as an older release said")


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
@settings(max_examples=50, deadline=None)
def test_whatever_people_write_the_bundle_decides_the_same(tag: str, value: str, customer: str) -> None:
    changes = {"tags": (tag,), "attributes": {"copies": value, "message": value}}
    given_ = inputs(*ASKING, **changes)
    somebody = given_.facts.order.model_copy(update={"customer": Customer(customer_id=customer)})
    given_ = replace(given_, facts=replace(given_.facts, order=somebody))
    bundle = bundled(given_)
    assert bundle.decision_inputs().decide().actions == given_.decide().actions
    assert json.loads(bundle.document)["format"] == "orderflow-bundle-1"
