"""`python -m benchmarks.rules`: prints tables; with --json the figures as one JSON object on the last line."""

import argparse
import json
from collections.abc import Mapping
from random import Random
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.rules.agreement import disagreements
from benchmarks.rules.measure import PEER_COUNTS, SEED, Beside, beside_peer, compile_seconds, growth

PAIRS = 10_000


def main() -> None:
    """Measures everything and shows it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    options = parser.parse_args()
    beside = {count: beside_peer(count) for count in PEER_COUNTS}
    figures = _figures(beside, growth())
    _show(beside, figures)
    if options.json:
        print(json.dumps(figures))


def _figures(beside: Mapping[int, Beside], grown: Mapping[str, Mapping[int, float]]) -> dict[str, Any]:
    """The figures by name. Growth is that of the first match, as rules that stop are asked; all matches stand beside,
    which take a term for every rule that is met.

    A disagreement is an order on which the index and the plain reading of the rules differ.
    """
    return {
        "first_match_ratio": {str(count): round(one.first_match_ratio, 2) for count, one in beside.items()},
        "all_match_ratio": {str(count): round(one.all_match_ratio, 2) for count, one in beside.items()},
        "first_match_ratio_we_read": {str(n): round(one.first_match_ratio_we_read, 2) for n, one in beside.items()},
        "all_match_ratio_we_read": {str(n): round(one.all_match_ratio_we_read, 2) for n, one in beside.items()},
        "growth_20_2000": round(grown["first_of"][2000], 2),
        "growth_20_10000": round(grown["first_of"][10_000], 2),
        "all_match_growth_20_2000": round(grown["all_of"][2000], 2),
        "all_match_growth_20_10000": round(grown["all_of"][10_000], 2),
        "compile_2000_seconds": round(compile_seconds(2000), 3),
        "disagreements": disagreements(Random(SEED), PAIRS),
        "disagreements_with_peer": sum(one.different_answers for one in beside.values()),
        "rules_met_per_order": {str(count): round(one.rules_met_per_order, 2) for count, one in beside.items()},
        "orders_per_second": {
            str(count): {name: round(rate) for name, rate in one.orders_per_second.items()}
            for count, one in beside.items()
        },
    }


def _show(beside: Mapping[int, Beside], figures: Mapping[str, Any]) -> None:
    """The rates by number of rules, then everything else."""
    rates = Table("rules", *next(iter(beside.values())).orders_per_second, "met per order", box=None)
    for count, one in beside.items():
        rates.add_row(
            f"{count:,}",
            *(f"{rate:,.0f}/s" for rate in one.orders_per_second.values()),
            f"{one.rules_met_per_order:.2f}",
        )
    rest = Table("figure", "value", box=None)
    for name, value in figures.items():
        if name not in {"orders_per_second", "rules_met_per_order"}:
            rest.add_row(name, str(value))
    console = Console()
    console.print(rates)
    console.print(rest)


if __name__ == "__main__":
    main()
