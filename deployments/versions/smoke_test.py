"""The smoke test of a version: orders everybody has are decided by it, in memory, and each must end as it should.

1. Every order of smoke_orders.json, with ten of each of its items at every location, must get a decision; those that no
   shop may send anywhere must be held for their named reason, and the plainest one must have a way to be shipped.
2. Every golden example of a rule is decided to the end, too: a plan, a backorder or a named hold.
3. A decision must name the rules and the policy of this version, and ship only from locations there are.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deployments.versions.refusals import world_of
from orderflow.configuration import Configuration
from orderflow.decision import Decision, Outcome
from orderflow.facts import RoutingFacts
from orderflow.holds import HoldReason
from orderflow.policy import content_hash
from orderflow.routing import decide
from orderflow.rules.examples.example import Example
from orderflow.rules.examples.world import ExampleWorld
from orderflow.rules.rule import Rule
from orderflow.value import Value

SMOKE_ORDERS = Path(__file__).parents[1] / "policy" / "smoke_orders.json"
UNITS = 10


class SmokeOrder(Value):
    """An order everybody has; `held_for` is the reason it must be held for, None where a shop may do what it likes.

    One that `ships` must have a plan to ship, be it that a person must approve it, wherever there are locations.
    """

    name: str
    order: dict[str, Any] = {}
    held_for: HoldReason | None = None
    ships: bool = False


@dataclass(frozen=True)
class SmokeResult:
    """What became of one order; `problem` is empty where it is as it should be."""

    order: str
    outcome: str
    reason: str
    problem: str


def smoke_test(configuration: Configuration) -> list[SmokeResult]:
    """What the version makes of every order, those with problems among them."""
    return [_decided(configuration, *one) for one in _orders(configuration, world_of(configuration))]


def _orders(configuration: Configuration, world: ExampleWorld) -> Iterator[tuple[SmokeOrder, RoutingFacts]]:
    for document in json.loads(SMOKE_ORDERS.read_text(encoding="utf-8")):
        one = SmokeOrder.model_validate(document)
        yield one, world.facts_of(Rule(id="smoke"), _stocked(one, configuration))
    for rule in configuration.routing_rules:
        for example in rule.examples if rule.enabled else ():
            yield SmokeOrder(name=f"{rule.id}: {example.name}"), world.facts_of(rule, example)


def _stocked(one: SmokeOrder, configuration: Configuration) -> Example:
    items = [f"EXAMPLE-{line_no}" for line_no, _ in enumerate(one.order.get("lines", [{}]), start=1)]
    stock = {place.code: dict.fromkeys(items, UNITS) for place in configuration.locations}
    return Example(name=one.name, order=one.order, stock=stock)


def _decided(configuration: Configuration, one: SmokeOrder, facts: RoutingFacts) -> SmokeResult:
    try:
        decision = decide(facts, configuration.rule_set())
    except Exception as error:  # whatever it is, an order of the shop would meet it too
        return SmokeResult(one.name, "none", "", f"it cannot be decided: {type(error).__name__}: {error}")
    problem = next(_problems(configuration, one, decision), "")
    return SmokeResult(one.name, decision.outcome.value, decision.reason, problem)


def _problems(configuration: Configuration, one: SmokeOrder, decision: Decision) -> Iterator[str]:
    pinned = (configuration.rule_set().content_hash, content_hash(configuration.routing))
    if (decision.rule_set_hash, decision.policy_hash) != pinned:
        yield "its decision names other rules or another policy than this version's"
    reason = decision.hold.reason if decision.hold else None
    became = f"held for {reason}" if reason else str(decision.outcome)
    if one.held_for and reason is not one.held_for:
        yield f"it should be held for {one.held_for}, but it is {became}"
    if decision.outcome is Outcome.HOLD and reason is None:
        yield "it is held without a reason"
    known = {place.code for place in configuration.locations}
    if one.ships and known and not decision.plan.shipments and reason is not HoldReason.APPROVAL:
        yield f"nothing about it is special and every location has it, but it is {became}: {decision.reason}"
    if one.ships and decision.plan.shipments and decision.plan.cost is None:
        yield "no service of the rate card takes it from where it would ship"
    if strange := {shipment.location for shipment in decision.plan.shipments} - known:
        yield f"it would ship from {', '.join(sorted(strange))}, which the shop does not have"
