"""Whether the orders of one row are all taken by other rows."""

from collections.abc import Hashable, Iterable, Iterator, Sequence

from orderflow.rules.lint.meaning import Asking, LintRow
from orderflow.rules.lint.samples import accepts, samples


def is_contradictory(row: LintRow) -> bool:
    """Whether no order can pass all the row asks."""
    return any(not any(accepts(asked, one) for one in samples(asked)) for asked in row.fields.values())


def is_within(row: LintRow, wider: LintRow) -> bool:
    """Whether every order that passes the row passes the wider one too, which asks nothing that the row does not."""
    return wider.fields.keys() <= row.fields.keys() and next(_narrower_fields(row, wider), None) is None


def is_covered(row: LintRow, others: Iterable[LintRow]) -> bool:
    """Whether every order that passes the row passes one of the others, told apart by at most one field."""
    by_field: dict[Hashable, list[Sequence[Asking]]] = {}
    for other in others:
        if len(other.fields.keys() - row.fields.keys()) > 1:
            continue
        narrower = list(_narrower_fields(row, other))
        if not narrower:
            return True
        if len(narrower) == 1:
            by_field.setdefault(narrower[0], []).append(other.fields[narrower[0]])
    return any(_together_cover(row, name, parts) for name, parts in by_field.items())


def _narrower_fields(row: LintRow, other: LintRow) -> Iterator[Hashable]:
    """The fields in which the other row refuses something that this one accepts."""
    for name, asked in other.fields.items():
        mine = row.fields.get(name, ())
        if any(
            accepts(mine, one) and not accepts(asked, one, unknown=row.meanings) for one in samples((*mine, *asked))
        ):
            yield name


def _together_cover(row: LintRow, name: Hashable, parts: Sequence[Sequence[Asking]]) -> bool:
    mine = row.fields.get(name, ())
    everything = samples((*mine, *(one for part in parts for one in part)))
    return all(
        any(accepts(part, one, unknown=row.meanings) for part in parts) for one in everything if accepts(mine, one)
    )
