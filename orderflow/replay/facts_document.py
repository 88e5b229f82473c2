"""The facts of one decision as JSON, and back.

Every field of `RoutingFacts` is written by its type, so a new field is recorded without a word here. What the basis
holds is left out, and so is what is at its default.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from functools import cache
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter

from orderflow.facts import RoutingFacts
from orderflow.inventory import StockLevel, StockView
from orderflow.replay.basis import Basis

_OF_THE_BASIS = frozenset({"locations", "policy", "rate_card"})


class _Field(NamedTuple):
    """How one field is written and read, and what it is unless somebody says otherwise."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]
    default: Any


def document_of(facts: RoutingFacts) -> dict[str, Any]:
    """The facts, apart from what the basis holds; of known products only those the order has."""
    document = {}
    for name, field in _fields().items():
        value = getattr(facts, name)
        if name == "known_skus":
            value = value & {(line.sku, line.variant) for line in facts.order.lines}
        if value != field.default:
            document[name] = field.write(value)
    return document


def facts_from(document: Mapping[str, Any], basis: Basis) -> RoutingFacts:
    """The facts as they were written down by `document_of`."""
    read = {name: _fields()[name].read(value) for name, value in document.items()}
    return RoutingFacts(**read, policy=basis.policy, locations=basis.places, rate_card=basis.rate_card)


@cache
def _fields() -> Mapping[str, _Field]:
    hints = get_type_hints(RoutingFacts)
    return {
        field.name: _Field(*_ways(hints[field.name]), _default(field))
        for field in fields(RoutingFacts)
        if field.name not in _OF_THE_BASIS
    }


def _default(field: Any) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _ways(hint: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    if hint is StockView:
        levels = TypeAdapter(tuple[StockLevel, ...])
        return (
            lambda view: levels.dump_python(view.levels(), mode="json", exclude_defaults=True),
            lambda written: StockView(levels.validate_python(written)),
        )
    if get_origin(hint) is Mapping and get_args(hint)[0] is not str:
        return _mapping(*get_args(hint))
    adapter = TypeAdapter(hint)
    unordered = get_origin(hint) is frozenset
    return (
        lambda value: adapter.dump_python(
            sorted(value) if unordered else value, mode="json", exclude_defaults=True, warnings=not unordered
        ),
        adapter.validate_python,
    )


def _mapping(key: Any, value: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """A mapping whose keys are no texts is written as its pairs, in order of the keys."""
    pairs = TypeAdapter(tuple[tuple[key, value], ...])
    return (
        lambda mapping: pairs.dump_python(tuple(sorted(mapping.items())), mode="json", exclude_defaults=True),
        lambda written: dict(pairs.validate_python(written)),
    )
