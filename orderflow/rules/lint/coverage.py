"""Whether the orders of one row are all taken by other rows."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import islice, permutations
from typing import Any

from orderflow.rules.lint.asking import Asking, LintRow
from orderflow.rules.lint.samples import UNNAMED, accepts, are_enough, samples

_NOTHING = object()


def impossible_field(row: LintRow) -> tuple[Asking, ...] | None:
    """What the row asks of a field so that no order can pass it; None where every field can be passed."""
    return next((asked for asked in row.fields.values() if _is_impossible(asked)), None)


def _is_impossible(asked: Sequence[Asking]) -> bool:
    return next(passing(asked), _NOTHING) is _NOTHING and are_enough(asked)


def passing(asked: Sequence[Asking]) -> Iterator[Any]:
    """The samples that pass all that is asked of the field."""
    clash = any(one.tells(other) is False for one, other in permutations(asked, 2))
    for one in samples(asked):
        if not (clash and one == UNNAMED) and accepts(asked, one):
            yield one


def may_both_pass(row: LintRow, other: LintRow) -> bool:
    """Whether an order may pass both rows."""
    names = row.fields.keys() | other.fields.keys()
    both = {name: (*row.fields.get(name, ()), *other.fields.get(name, ())) for name in names}
    return impossible_field(LintRow(both)) is None


def is_within(row: LintRow, wider: LintRow) -> bool:
    """Whether every order that passes the row passes the wider one too, which asks nothing that the row does not."""
    return wider.fields.keys() <= row.fields.keys() and next(_narrower_fields(row, wider), None) is None


def is_covered(row: LintRow, others: Iterable[LintRow]) -> bool:
    """Whether every order that passes the row passes one of the others, told apart by at most one field."""
    by_field: dict[Hashable, list[Sequence[Asking]]] = {}
    for other in others:
        if len(other.fields.keys() - row.fields.keys()) > 1:
            continue
        narrower = list(islice(_narrower_fields(row, other), 2))
        if not narrower:
            return True
        if len(narrower) == 1:
            by_field.setdefault(narrower[0], []).append(other.fields[narrower[0]])
    return any(_together_cover(row, name, parts) for name, parts in by_field.items())


def _narrower_fields(row: LintRow, other: LintRow) -> Iterator[Hashable]:
    """The fields in which the other row refuses something that this one accepts."""
    for name, asked in other.fields.items():
        mine = row.fields.get(name, ())
        everything = (*mine, *asked)
        refused = any(accepts(mine, one) and not accepts(asked, one, known=mine) for one in samples(everything))
        if refused or not are_enough(everything):
            yield name


def _together_cover(row: LintRow, name: Hashable, parts: Sequence[Sequence[Asking]]) -> bool:
    mine = row.fields.get(name, ())
    asked = (*mine, *(one for part in parts for one in part))
    everything = samples(asked)
    return are_enough(asked) and all(
        any(accepts(part, one, known=mine) for part in parts) for one in everything if accepts(mine, one)
    )
