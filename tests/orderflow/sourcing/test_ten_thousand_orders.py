"""Ten thousand random orders: each is planned to the last unit, waits, or is held; equal facts give equal bytes."""

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from routing_values import EVERYONE, facts, level, line, order, routing

from orderflow.decision import Decision, Outcome
from orderflow.facts import RoutingFacts
from orderflow.inventory import Outlook, StockView
from orderflow.order import PaymentStatus
from orderflow.routing import decide
from orderflow.rules.rule_set import RuleSet
from orderflow.sourcing.strategies import strategies

SKUS = tuple(f"SKU{n}" for n in range(6))
CODES = tuple(place.code for place in EVERYONE)
LIMITED = tuple(
    place.model_copy(update={"capacity_per_day": 4 if place.code in CODES[:2] else None}) for place in EVERYONE
)
POLICIES = tuple(
    routing(strategy=name, unfilled=unfilled, backorders=mode, max_shipments=most, line_first=most == 2)
    for name in sorted(strategies())
    for unfilled in ("backorder", "split", "third_party")
    for mode, most in (("allow_notify", 1), ("do_not_allow", 3), ("allow_silent", 2))
)


def random_facts(rng: Random) -> RoutingFacts:
    lines = [line(n, rng.choice(SKUS), rng.randint(1, 4)) for n in range(1, rng.randint(1, 4) + 1)]
    outlook = Outlook(units=rng.randint(0, 5), detour_minor=rng.randint(0, 900))
    view = StockView(
        level(code, sku, rng.choice((0, 0, 1, 2, 5)), outlook=outlook)
        for code in CODES
        for sku in SKUS
        if rng.random() < 0.6
    )
    paid = PaymentStatus.PAID if rng.random() < 0.95 else PaymentStatus.FAILED
    load = {code: rng.randint(0, 5) for code in CODES}
    return facts(order(*lines, payment_status=paid), view, locations=LIMITED, policy=rng.choice(POLICIES), load=load)


def planned_units(decision: Decision) -> Counter:
    shipped = (item for shipment in decision.plan.shipments for item in shipment.lines)
    units = Counter()
    for item in (*shipped, *decision.plan.backordered):
        units[item.line_no] += item.quantity
    return units


def taken(decision: Decision) -> Counter:
    units = Counter()
    for shipment in decision.plan.shipments:
        units.update({(shipment.location, item.sku): 0 for item in shipment.lines})
        for item in shipment.lines:
            units[shipment.location, item.sku] += item.quantity
    return units


@pytest.mark.requirement("OF-01", "OF-130")
def test_every_order_ends_in_a_plan_a_backorder_or_a_named_hold():
    rng, seen = Random(20260310), Counter()
    for _ in range(10_000):
        here = random_facts(rng)
        decision = decide(here, RuleSet())
        seen[decision.outcome] += 1
        if decision.outcome is Outcome.HOLD:
            assert decision.hold.reason and decision.hold.code and decision.hold.remedy
            continue
        assert planned_units(decision) == {item.line_no: item.quantity for item in here.order.lines}
        assert all(units <= here.stock.available(*cell) for cell, units in taken(decision).items())
        assert len({s.location for s in decision.plan.shipments}) <= here.policy.max_shipments
        for shipment in decision.plan.shipments:
            limit = here.locations[shipment.location].capacity_per_day
            assert limit is None or here.load[shipment.location] < limit
    assert all(seen[outcome] > 300 for outcome in Outcome), seen


@pytest.mark.requirement("OF-126")
def test_the_same_order_a_thousand_times_and_in_any_order_of_facts_gives_the_same_bytes():
    rng = Random(7)
    here = replace(random_facts(rng), policy=routing(strategy="bid_price"))
    documents = set()
    for _ in range(1_000):
        levels, places = list(here.stock.levels()), list(here.locations.items())
        rng.shuffle(levels)
        rng.shuffle(places)
        load = dict(rng.sample(sorted(here.load.items()), len(here.load)))
        shuffled = replace(here, stock=StockView(levels), locations=dict(places), load=load)
        documents.add(decide(shuffled, RuleSet()).model_dump_json())
    assert len(documents) == 1
