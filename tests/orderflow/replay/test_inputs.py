"""What a decision was made from survives being written down, and gives the same decision."""

import json
import random
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from routing_values import CARD, EVERYONE, NOW, facts, level, line, order, routing

from orderflow.address import Address
from orderflow.facts import RoutingFacts
from orderflow.inventory import StockView
from orderflow.money import Money
from orderflow.order import Customer
from orderflow.replay import Basis, DecisionInputs
from orderflow.replay.personal_data import masked, what_rules_ask, without_people
from orderflow.rules.condition import all_conditions
from orderflow.rules.rule import Rule
from orderflow.rules.rule_set import RuleSet
from orderflow.rulings.ruling import Override, Rejection, Rulings

CANARIES = ("Zebediah", "Quux", "zq@canary.example", "+15557654321", "99 Nightjar Lane", "Flat 7", "Nightjar Ltd")
RULES = (
    {"id": "fragile", "conditions": {"note": {"contains": "Fragile"}}, "actions": {"tags": ["careful"]}},
    {"id": "reseller", "conditions": {"customer_email_domain": {"in": ["canary.example", "other.example"]}}},
    {"id": "box", "conditions": {"is_po_box": True}, "actions": {"carrier": "usps"}, "else": {"carrier": "ups"}},
    {"id": "company", "conditions": {"is_company_address": True, "has_phone": True}, "actions": {"gift_receipt": True}},
)


def rules(*written: dict[str, Any]) -> RuleSet:
    return RuleSet(rules=tuple(Rule.model_validate({"on_match": "continue"} | one) for one in written or RULES))


def asked(facts_: RoutingFacts, rule_set: RuleSet | None = None) -> DecisionInputs:
    basis = Basis(
        rules=rule_set or rules(), policy=facts_.policy, locations=tuple(facts_.locations.values()), rate_card=CARD
    )
    return DecisionInputs(facts_, basis)


def person(**changes: Any) -> dict[str, Any]:
    name, surname, mail, phone, street, flat, company = CANARIES
    known = {"name": f"{name} {surname}", "line1": street, "line2": flat, "company": company, "phone": phone}
    known |= {"city": "Boston", "region": "MA", "postal_code": "02110", "country": "US"} | changes
    return {
        "customer": Customer(customer_id="7", name=f"{name} {surname}", email=mail, phone=phone),
        "destination": Address(latitude=42.36, longitude=-71.06, **known),
        "note": f"For {name}: fragile, ring at {street}",
    }


def everything_known() -> RoutingFacts:
    """Facts without one field at its default, so that one that is lost is missed."""
    return facts(
        order(line(1, "SKU123", 2), line(2, "SKU456"), **person()),
        StockView([level(EVERYONE[0], "SKU123", 5, counted_at=NOW), level(EVERYONE[2], "SKU456", 1, reserved=1)]),
        locations=EVERYONE,
        policy=routing(strategy="cheapest"),
        known_skus=frozenset({("SKU123", ""), ("SKU456", "")}),
        load={"warehouse_east": 3},
        address_problem=("destination.line2", "is odd"),
        street_required=False,
        previous=("warehouse_east",),
        arm="autumn/a",
        rulings=Rulings(
            approved=True,
            approved_cost=Money.of(8, "USD"),
            override=Override(location="warehouse_central", reason="asked by phone", actor="user:kim"),
            rejections=(Rejection(location="warehouse_east", reason="broken", actor="location:east"),),
        ),
    )


def test_every_fact_is_written_down_and_read_again() -> None:
    known = everything_known()
    plain = [f.name for f in fields(RoutingFacts) if f.name not in ("order", "stock")]
    inputs = asked(known)
    again = DecisionInputs.from_document(json.loads(json.dumps(inputs.document())), inputs.basis)
    assert {name: getattr(again.facts, name) for name in plain} == {name: getattr(known, name) for name in plain}
    assert again.facts.stock.levels() == known.stock.levels()
    assert again.facts.order == without_people(known.order, inputs.basis.asked)
    defaults = facts(order(), {})
    at_default = {n for n in plain if getattr(known, n) == getattr(defaults, n)} - {"locations", "rate_card", "now"}
    assert not at_default, f"give everything_known() a value for {at_default}, which nothing else tests"


def test_a_basis_is_read_again_under_the_same_name() -> None:
    basis = asked(everything_known()).basis
    again = Basis.model_validate_json(basis.document)
    assert (again, again.hash, again.rules.content_hash) == (basis, basis.hash, basis.rules.content_hash)


def test_nobodys_name_street_mail_phone_or_note_is_in_the_record() -> None:
    written = json.dumps(asked(facts(order(**person()), {})).document(), ensure_ascii=False).casefold()
    assert "fragile" in written
    for canary in (*CANARIES, "Nightjar", "zq@", "ring at"):
        assert canary.casefold() not in written


streets = st.sampled_from(["", " ", "12 Main St", "PO Box 7", "p.o. box 12", "Post Office Box 3", "Boxer Street 1"])
people = st.fixed_dictionaries(
    {
        "line1": streets,
        "line2": streets,
        "company": st.sampled_from(["", " ", "Acme"]),
        "phone": st.sampled_from(["", "+1555"]),
    }
)
mails = st.sampled_from(["", "a@canary.example", "b@CANARY.example", "nobody", "x@other.example.org", "a@b@c.example"])
notes = st.text(alphabet="fraigleFRAGILE• ß", max_size=14) | st.sampled_from(["fragile", "Not FRAGILE!", "fragilefrag"])


@given(address=people, mail=mails, note=notes, word=st.sampled_from(["fragile", "f", "•", "ss", "fragile!"]))
@settings(max_examples=100, deadline=None)
def test_no_rule_sees_the_difference(address: dict[str, str], mail: str, note: str, word: str) -> None:
    texts = [
        {"id": f"{code}-{operator}", "conditions": {code: {operator: word_}}, "else": {"tags": ["no"]}}
        for code, word_ in (("note", word), ("customer_email_domain", "canary.example"))
        for operator in ("eq", "ne", "contains", "starts_with", "ends_with", "not_contains")
    ]
    rule_set = rules(*RULES, *texts, {"id": "any-note", "conditions": {"note": {"exists": True}}})
    known = facts(
        order(customer=Customer(email=mail), destination=person(**address)["destination"], note=note),
        {"SKU123": {"warehouse_east": 3}},
    )
    hidden = replace(known, order=without_people(known.order, what_rules_ask(rule_set)))
    assert rule_set.evaluate(hidden) == rule_set.evaluate(known)
    assert asked(hidden, rule_set).decide() == asked(known, rule_set).decide()


def test_every_condition_but_those_of_text_reads_the_same() -> None:
    """A condition somebody adds is either blind to personal data or has its words kept."""
    known = facts(order(**person()), {"SKU123": {"warehouse_east": 3}})
    hidden = replace(known, order=without_people(known.order, what_rules_ask(rules())))
    whole = [c for c in all_conditions().values() if not c.parameters and not c.of_line]
    differing = {c.code for c in whole if c.read(hidden) != c.read(known)}
    assert differing == {"note"}  # its words are kept, and "canary.example" is a word the rules look for


def test_the_mask_is_a_sign_no_rule_looks_for() -> None:
    assert masked("a•b", ["•"])[1] == "•"
    assert masked("a•b", ["•"]).count("•") == 1


@pytest.mark.parametrize("times", [1000])
def test_the_same_order_is_decided_the_same_a_thousand_times_in_any_order_of_facts(times: int) -> None:
    inputs = asked(everything_known())
    expected = inputs.decide().model_dump_json()
    shuffle = random.Random(7)
    for _ in range(times):
        assert _shuffled(inputs, shuffle).decide().model_dump_json() == expected


def _shuffled(inputs: DecisionInputs, by: random.Random) -> DecisionInputs:
    known = inputs.facts
    levels, places, skus = list(known.stock.levels()), list(known.locations.items()), list(known.known_skus)
    for one in (levels, places, skus):
        by.shuffle(one)
    load = dict(reversed(list(known.load.items())))
    mixed = replace(known, stock=StockView(levels), locations=dict(places), known_skus=frozenset(skus), load=load)
    return replace(inputs, facts=mixed)
