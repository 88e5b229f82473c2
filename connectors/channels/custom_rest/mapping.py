"""From a shop's own JSON to an order of ours, by its map.

A field that cannot be read is told by the name it has in the map and the path it was read from, for that is what a
person can mend.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connectors.channels.custom_rest.description import Description, Rule
from connectors.described.paths import pick
from connectors.errors import Unreadable
from connectors.plain_orders.mapping import order_of
from orderflow.order import Order

_IN_LINE = re.compile(r"lines\[(\d+)\]\.(.+)")


def orders_in(description: Description, document: Any, source: str) -> tuple[Order, ...]:
    """The order of one document; () where the shop knows it no longer. Raises Unreadable naming entry and path."""
    if document is None:
        return ()
    try:
        return (order_of(nested_of(description.map, document), source),)
    except Unreadable as error:
        raise _in_words_of_the_map(description.map, error) from None


def nested_of(mapped: Mapping[str, Rule], document: Any) -> dict[str, Any]:
    """The document as a plain order. Raises Unreadable."""
    order: dict[str, Any] = {}
    for name, rule in mapped.items():
        if name != "lines" and not name.startswith("lines."):
            _put(order, name, _value(document, rule, name))
    lines = pick(document, mapped["lines"].path)
    if not isinstance(lines, list):
        raise Unreadable("expected a list", field="lines")
    order["lines"] = [_line(mapped, line, position) for position, line in enumerate(lines)]
    return order


def _line(mapped: Mapping[str, Rule], document: Any, position: int) -> dict[str, Any]:
    line: dict[str, Any] = {}
    for name, rule in mapped.items():
        if name.startswith("lines."):
            field = name.removeprefix("lines.")
            _put(line, field, _value(document, rule, f"lines[{position}].{field}"))
    return line


def _put(target: dict[str, Any], name: str, value: Any) -> None:
    """Puts `customer.email` under `email` of `customer`; what the shop does not tell is left out."""
    if value is not None:
        group, _, field = name.rpartition(".")
        (target.setdefault(group, {}) if group else target)[field] = value


def _value(document: Any, rule: Rule, field: str) -> Any:
    if rule.value:
        return rule.value
    found = pick(document, rule.path)
    if found in (None, ""):
        return rule.otherwise
    if isinstance(found, str | int) and rule.values:
        found = rule.values.get(str(found), found)
    try:
        return _formed(found, rule.form)
    except (ValueError, TypeError, ArithmeticError, OSError):
        raise Unreadable(f"expected {rule.form.replace('_', ' ')}", field=field) from None


def _formed(found: Any, form: str) -> Any:
    if form in {"epoch_seconds", "epoch_milliseconds"}:
        seconds = Decimal(str(found)) / (1000 if form == "epoch_milliseconds" else 1)
        return datetime.fromtimestamp(float(seconds), UTC).isoformat()
    if form == "utc":
        moment = datetime.fromisoformat(str(found))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
    return str(Decimal(str(found)) / 100) if form == "minor_units" else found


def _in_words_of_the_map(mapped: Mapping[str, Rule], error: Unreadable) -> Unreadable:
    in_line = _IN_LINE.fullmatch(error.field)
    name = f"lines.{in_line[2]}" if in_line else error.field
    entry = next((known for known in (name, f"lines.{name}") if known in mapped), "")
    if not entry:
        return Unreadable(f"{error}: add {name} to the map", field=f"map.{name}")
    rule = mapped[entry]
    place = rule.path or f"the value {rule.value!r}"
    line = f" of line {int(in_line[1]) + 1}" if in_line else ""
    return Unreadable(f"{error} at {place}{line}: mend the path, or say what its values mean", field=f"map.{entry}")
