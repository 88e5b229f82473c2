"""A decision in one file without personal data, to be made again where there is no database.

What the record keeps of an order is masked already. A bundle leaves the house, so it keeps less: of ids, tags and
made-up fields only what the rules look for, of the destination's coordinates only as many decimals as the decision
needs, and of the stock locations no street, name or telephone number. City, region, postal code and the order's number
stay: the first three decide, the last is how people talk about the order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, Self

from orderflow.backorders.modes import BACKORDERS, PREORDER
from orderflow.decision import Decision
from orderflow.location import StockLocation
from orderflow.order import Customer, Order, OrderLine
from orderflow.replay.basis import Basis
from orderflow.replay.comparison import first_difference
from orderflow.replay.inputs import DecisionInputs
from orderflow.replay.personal_data import Asked, masked, words_of
from orderflow.rules.comparable import comparable
from orderflow.rules.condition import Kind
from orderflow.rules.expression import Test
from orderflow.sourcing.demand import FULFILLED_BY
from orderflow.value import Value

# Tenths of a degree are about 11 km; five decimals are a house.
_DECIMALS = (1, 2, 3)


class Bundle(Value):
    """The file: what a decision was made from, and the decision as it was recorded."""

    format: Literal["orderflow-bundle-1"]
    number: str
    basis: Basis
    inputs: dict[str, Any]
    decision: Decision

    @classmethod
    def of(cls, number: str, recorded: str, inputs: DecisionInputs) -> Self:
        """The bundle of a decision as it was stored, and what it was made from."""
        redacted = _redacted(inputs)
        expected = first_difference(recorded, redacted.decide())
        rough = (_placed_roughly(redacted, decimals) for decimals in _DECIMALS)
        tried = ((one, _with_distances_of(one.decide(), recorded)) for one in rough)
        kept, decision = next(
            (pair for pair in tried if first_difference(pair[1].model_dump_json(), pair[0].decide()) == expected),
            (redacted, Decision.model_validate_json(recorded)),
        )
        written = {"basis": kept.basis, "inputs": kept.document(), "decision": decision}
        return cls(format="orderflow-bundle-1", number=number, **written)

    @property
    def document(self) -> str:
        """The text of the file."""
        return self.model_dump_json(exclude_defaults=True, indent=1) + "\n"

    def decision_inputs(self) -> DecisionInputs:
        """What to make the decision from."""
        return DecisionInputs.from_document(self.inputs, self.basis)


def _redacted(inputs: DecisionInputs) -> DecisionInputs:
    locations = tuple(_without_street(place) for place in inputs.basis.locations)
    basis = inputs.basis.changed(locations=locations)
    order = _asked_for_only(inputs.facts.order, basis.asked)
    return replace(inputs, facts=replace(inputs.facts, order=order)).on(basis)


def _without_street(place: StockLocation) -> StockLocation:
    nowhere = dict.fromkeys(("name", "company", "line1", "line2", "phone"), "")
    return place.model_copy(update={"address": place.address.model_copy(update=nowhere), "channel_ids": {}})


def _placed_roughly(inputs: DecisionInputs, decimals: int) -> DecisionInputs:
    destination = inputs.facts.order.destination
    if not destination.has_coordinates:
        return inputs
    rough = {name: round(getattr(destination, name), decimals) for name in ("latitude", "longitude")}
    moved = destination.model_copy(update=rough)
    order = inputs.facts.order.model_copy(update={"destination": moved})
    return replace(inputs, facts=replace(inputs.facts, order=order))


def _with_distances_of(rough: Decision, recorded: str) -> Decision:
    """The recorded decision with the distances of a rough one: several exact ones together would tell the house."""
    decision = Decision.model_validate_json(recorded)
    distances = {candidate.location: candidate.whole.distance_km for candidate in rough.plan.candidates}
    candidates = tuple(
        one.model_copy(update={"whole": one.whole.model_copy(update={"distance_km": distances.get(one.location)})})
        for one in decision.plan.candidates
    )
    return decision.model_copy(update={"plan": decision.plan.model_copy(update={"candidates": candidates})})


def _asked_for_only(order: Order, asked: Asked) -> Order:
    return order.model_copy(
        update={
            "tags": _tags(order.tags, asked, "tags"),
            "customer": _customer(order.customer, asked),
            "attributes": _attributes(order.attributes, asked, "attribute"),
            "lines": tuple(_line(line, asked) for line in order.lines),
        }
    )


def _customer(customer: Customer, asked: Asked) -> Customer:
    customer_id = masked(customer.customer_id, words_of(asked.get("customer_id", ())))
    return customer.model_copy(
        update={"customer_id": customer_id, "tags": _tags(customer.tags, asked, "customer_tags")}
    )


def _line(line: OrderLine, asked: Asked) -> OrderLine:
    ours = {name: text for name, text in line.attributes.items() if name in (BACKORDERS, PREORDER, FULFILLED_BY)}
    return line.model_copy(update={"attributes": _attributes(line.attributes, asked, "line_attribute") | ours})


def _tags(tags: tuple[str, ...], asked: Asked, condition: str) -> tuple[str, ...]:
    words = words_of(asked.get(condition, ()))
    return tuple(masked(tag, words) for tag in tags)


def _attributes(attributes: Mapping[str, str], asked: Asked, condition: str) -> dict[str, str]:
    """The made-up fields the rules look at, each as much of it as they can see."""
    tests: dict[str, list[Test]] = {}
    for test in asked.get(condition, ()):
        tests.setdefault(test.reference.argument("name") or "", []).append(test)
    return {name: _seen(text, tests[name]) for name, text in attributes.items() if name in tests}


def _seen(text: str, tests: Sequence[Test]) -> str:
    """The text as it is where a test reads a number or a flag in it, else masked but for the words looked for."""
    kinds = {test.reference.kind for test in tests} - {Kind.TEXT}
    if any(comparable(text, kind) is not None for kind in kinds):
        return text
    return masked(text, words_of(tests))
