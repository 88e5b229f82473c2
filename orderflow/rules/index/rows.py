"""From an expression to rows: comparisons that must all hold, of which one row must be true as a whole."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from orderflow.rules.expression import Expression, Group

MOST_ROWS = 64


@dataclass(frozen=True)
class Literal:
    """A comparison, or a question over lines, that must be true (or false, where not `wanted`)."""

    asked: Expression
    wanted: bool


Row = tuple[Literal, ...]


def rows_of(expression: Expression) -> tuple[Row, ...]:
    """The expression in disjunctive normal form.

    One that would take more than 64 rows has a single row: what every order that meets it passes, then all of it. A row
    without literals is one that every order passes.
    """
    rows = _rows(expression, True)
    return rows if rows is not None else ((*_certain(expression), Literal(expression, True)),)


def in_common(rows: Sequence[Row]) -> tuple[Row, tuple[Row, ...]]:
    """The literals that are in every row, and the rows without them; no rows where nothing else is to be asked."""
    common = tuple(literal for literal in rows[0] if all(literal in row for row in rows))
    rests = tuple(tuple(literal for literal in row if literal not in common) for row in rows)
    return common, (rests if all(rests) else ())


def _certain(expression: Expression) -> Row:
    """The comparisons every order that meets the expression passes, leaving out what is nested deeper."""
    if isinstance(expression, Group):
        if expression.quantifier == "all":
            return tuple(literal for part in expression.parts for literal in _certain(part))
        return ()
    return (Literal(expression, True),)


def _rows(expression: Expression, wanted: bool) -> tuple[Row, ...] | None:
    if not isinstance(expression, Group):
        return ((Literal(expression, wanted),),)
    parts_wanted = wanted if expression.quantifier != "none" else not wanted
    every = (expression.quantifier == "all") is wanted if expression.quantifier != "none" else wanted
    parts = [_rows(part, parts_wanted) for part in expression.parts]
    found = [rows for rows in parts if rows is not None]
    if len(found) < len(parts):
        return None
    return _joined(found) if every else _listed(found)


def _joined(parts: list[tuple[Row, ...]]) -> tuple[Row, ...] | None:
    """One row for every choice of a row from each part."""
    count = 1
    for rows in parts:
        count *= len(rows)
    if count > MOST_ROWS:
        return None
    return tuple(_without_repeats(literal for row in choice for literal in row) for choice in product(*parts))


def _listed(parts: list[tuple[Row, ...]]) -> tuple[Row, ...] | None:
    rows = tuple(dict.fromkeys(row for part in parts for row in part))
    return rows if len(rows) <= MOST_ROWS else None


def _without_repeats(literals: Iterable[Literal]) -> Row:
    return tuple(dict.fromkeys(literals))
