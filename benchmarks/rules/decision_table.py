"""The same rules as a decision table of zen-engine, each order a JSON object.

A plain condition is the cell of its field's column. `any`, `none` and `all` reach over several fields, which no cell
can: they are one expression in a last column without a field, which is only asked where the other cells hold.
"""

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal

from zen import ZenEngine

from benchmarks.rules.workload import FIELDS, Conditions

HitPolicy = Literal["first", "collect"]

_GROUPS = ("any", "none", "all")
_KEY = "rules.json"
_SYMBOLS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "ne": "!=", "eq": "=="}
_PATHS = {
    "source": "source",
    "destination_country": "destination.country",
    "destination_region": "destination.region",
    "customer_tier": "customer.tier",
    "customer_type": "customer.customer_type",
    "preferred_carrier": "customer.preferred_carrier",
    "shipping_method": "shipping_method",
    "risk": "risk",
    "order_value": "total",
    "shipping_paid": "shipping_paid",
    "customer_order_count": "customer.order_count",
    "unit_count": "unit_count",
    "total_weight_grams": "weight",
    "is_gift": "gift",
}


class DecisionTable:
    """The rules in zen-engine, called the fast way: kept by the engine's own loader, so compiled once."""

    def __init__(self, rules: Sequence[Conditions], hit_policy: HitPolicy) -> None:
        self._engine = ZenEngine({"loader": {"type": "static", "content": {_KEY: _graph(rules, hit_policy)}}})

    def answer(self, order: dict[str, Any]) -> Any:
        """The engine's whole answer for one order."""
        return self._engine.evaluate(_KEY, order)["result"]


def positions(answer: Any) -> list[int]:
    """The places of the rules that are met, of either hit policy's answer."""
    rows = answer if isinstance(answer, list) else [answer] if answer else []
    return [int(row["rule"]) for row in rows]


def _graph(rules: Sequence[Conditions], hit_policy: HitPolicy) -> dict[str, Any]:
    table = {
        "hitPolicy": hit_policy,
        "inputs": [*({"id": field, "name": field, "field": _path(field)} for field in FIELDS), _column("groups")],
        "outputs": [_column("rule") | {"field": "rule"}],
        "rules": [{"_id": str(place), "rule": str(place)} | _cells(rule) for place, rule in enumerate(rules)],
    }
    kinds = ("inputNode", "decisionTableNode", "outputNode")
    nodes = [{"id": kind, "name": kind, "type": kind, "position": {"x": 0, "y": 0}} for kind in kinds]
    nodes[1]["content"] = table
    edges = [{"id": f"{a}-{b}", "sourceId": a, "targetId": b, "type": "edge"} for a, b in pairwise(kinds)]
    return {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}


def _column(name: str) -> dict[str, Any]:
    return {"id": name, "name": name}


def _cells(rule: Conditions) -> dict[str, str]:
    cells = {field: _cell(content) for field, content in rule.items() if field not in _GROUPS}
    groups = {key: content for key, content in rule.items() if key in _GROUPS}
    return {field: cells.get(field, "") for field in FIELDS} | {"groups": _expression(groups) if groups else ""}


def _cell(content: Any) -> str:
    """What stands in the cell of a column that has a field."""
    code, operand = _comparison(content)
    if code == "between":
        return f"[{operand[0]}..{operand[1]}]"
    if code == "in":
        return ", ".join(map(json.dumps, operand))
    return json.dumps(operand) if code == "eq" else f"{_SYMBOLS[code]} {json.dumps(operand)}"


def _expression(rule: Conditions) -> str:
    """What an object of conditions says, as one expression over the whole order."""
    return " and ".join(_entry(key, content) for key, content in rule.items())


def _entry(key: str, content: Any) -> str:
    if key in _GROUPS:
        parts = [f"({_expression(part)})" for part in content]
        joined = (" and " if key == "all" else " or ").join(parts)
        return f"not ({joined})" if key == "none" else f"({joined})"
    code, operand = _comparison(content)
    if code == "between":
        return f"{_path(key)} in [{operand[0]}..{operand[1]}]"
    return f"{_path(key)} {_SYMBOLS.get(code, code)} {json.dumps(operand)}"


def _comparison(content: Any) -> tuple[str, Any]:
    return next(iter(content.items())) if isinstance(content, dict) else ("eq", content)


def _path(field: str) -> str:
    return _PATHS.get(field) or field.replace("(", ".").rstrip(")")
