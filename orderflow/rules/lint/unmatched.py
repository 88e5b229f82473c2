"""Orders that meet no rule: one is looked for, value by value of what the rules ask."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import islice, product
from typing import Any

from orderflow.rules.lint.asking import Asking, LintRow, LintRule
from orderflow.rules.lint.evidence import Chosen, order_with
from orderflow.rules.lint.samples import samples

# So many orders are tried; a set of rules that takes all of them is taken to take every one.
MOST_TRIED = 20_000


def unmatched_order(rules: Sequence[LintRule]) -> str | None:
    """An order in words that neither meets a rule nor gets an else branch; None where none was found.

    Rules that are in force only for a time take no order for this.
    """
    lasting = [rule for rule in rules if not (rule.rule.effective_from or rule.rule.effective_until)]
    if any(rule.rule.otherwise is not None for rule in lasting):
        return None
    rows = [row for rule in lasting for row in rule.rows]
    fields = _fields(asking for row in rows for asked in row.fields.values() for asking in asked)
    for values in islice(product(*(_unusual_first(asked) for asked in fields.values())), MOST_TRIED):
        order: Mapping[Hashable, Chosen] = {
            name: (asked, value) for (name, asked), value in zip(fields.items(), values, strict=True)
        }
        if not any(_passes(order, row) for row in rows):
            return order_with(order)
    return None


def _passes(order: Mapping[Hashable, Chosen], row: LintRow) -> bool:
    return all(one.accepts(order[name][1]) for name, asked in row.fields.items() for one in asked)


def _fields(asked: Iterable[Asking]) -> dict[Hashable, list[Asking]]:
    fields: dict[Hashable, list[Asking]] = {}
    for one in asked:
        fields.setdefault(one.field, []).append(one)
    return fields


def _unusual_first(asked: Sequence[Asking]) -> list[Any]:
    """The values, those first that pass the fewest of the comparisons."""
    return sorted(samples(asked), key=lambda one: sum(asking.accepts(one) for asking in asked))
