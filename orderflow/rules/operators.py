"""The comparisons a condition may be asked with.

A missing value makes every comparison false but `exists: false` and the negative twins (ne, not_in, …), which are true
exactly where their positive is not. Text is compared without regard to case, so "vip" and "VIP" are the same tier. A
list of texts (the categories of all lines) equals, begins or ends with something where any of its members does, and
`contains` what is one of its members.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from orderflow.rules.condition import Kind

_ANY_KIND = frozenset(Kind) - {Kind.ATTRIBUTE}
_ORDERED = frozenset({Kind.NUMBER, Kind.MONEY, Kind.DATE})
_LISTED = _ANY_KIND - {Kind.FLAG}
_TEXT = frozenset({Kind.TEXT, Kind.TEXTS})


@dataclass(frozen=True, eq=False)
class Operator:
    """One comparison: `test` takes one value that is there and the operand, both in comparable form.

    `takes` is the shape of the operand: "one" value, a "pair", a "list" or a "flag". A `negative` operator is true
    where `test` is not.
    """

    code: str
    sentence: str
    test: Callable[[Any, Any], bool]
    kinds: frozenset[Kind]
    takes: str = "one"
    negative: bool = False

    def holds(self, value: Any, operand: Any) -> bool:
        """Whether the comparison is true of a value that is there; a list of texts is asked member by member."""
        members = value if isinstance(value, tuple) else (value,)
        return any(self.test(member, operand) for member in members) is not self.negative


def _between(value: Any, ends: Any) -> bool:
    return ends[0] <= value <= ends[1]


_POSITIVE = (
    Operator("eq", "is", lambda value, operand: value == operand, _ANY_KIND),
    Operator("gt", "is over", lambda value, operand: value > operand, _ORDERED),
    Operator("gte", "is at least", lambda value, operand: value >= operand, _ORDERED),
    Operator("lt", "is under", lambda value, operand: value < operand, _ORDERED),
    Operator("lte", "is at most", lambda value, operand: value <= operand, _ORDERED),
    Operator("between", "is from … to …", _between, _ORDERED, "pair"),
    Operator("in", "is one of", lambda value, operand: value in operand, _LISTED, "list"),
    Operator("contains", "contains", lambda value, operand: operand in value, _TEXT),
    Operator("starts_with", "begins with", lambda value, operand: value.startswith(operand), _TEXT),
    Operator("ends_with", "ends with", lambda value, operand: value.endswith(operand), _TEXT),
    Operator("exists", "is known", lambda _value, _operand: True, _ANY_KIND, "flag"),
)

# The negative twins: (code, positive, sentence).
_TWINS = (
    ("ne", "eq", "is not"),
    ("not_between", "between", "is not from … to …"),
    ("not_in", "in", "is none of"),
    ("not_contains", "contains", "does not contain"),
    ("not_starts_with", "starts_with", "does not begin with"),
    ("not_ends_with", "ends_with", "does not end with"),
)


def _with_twins() -> Mapping[str, Operator]:
    known = {operator.code: operator for operator in _POSITIVE}
    twins = {
        code: Operator(code, sentence, known[of].test, known[of].kinds, known[of].takes, negative=True)
        for code, of, sentence in _TWINS
    }
    return known | twins


OPERATORS: Mapping[str, Operator] = _with_twins()
POSITIVE_OF: Mapping[str, str] = {code: of for code, of, _ in _TWINS}


def operator_of(code: str, kind: Kind) -> Operator:
    """The comparison a rule means: for a list of texts, `contains` asks for a member."""
    membership = {"contains": "eq", "not_contains": "ne"} if kind is Kind.TEXTS else {}
    return OPERATORS[membership.get(code, code)]


def operators_of(kind: Kind) -> tuple[str, ...]:
    """The operators a condition of this kind may be asked with; a made-up field may be text, a number or a flag."""
    kinds = {Kind.TEXT, Kind.NUMBER, Kind.FLAG} if kind is Kind.ATTRIBUTE else {kind}
    return tuple(code for code, operator in OPERATORS.items() if operator.kinds & kinds)
