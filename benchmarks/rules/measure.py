"""What is measured: matching beside the peer, growth with the number of rules, the time to build a rule set.

Both sides get the order ready for matching: the peer as JSON with stock and sums worked out, the index as the Reading
it makes of an order, stock read. What making the Reading takes is told beside, and once the ratio is told with it on
our side alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import truediv
from random import Random
from statistics import median
from time import process_time
from typing import Any

from benchmarks.rules.decision_table import DecisionTable, positions
from benchmarks.rules.orders import FIELDS, as_json, leaf_count, some_orders
from benchmarks.rules.timing import ratio, seconds_per_order
from benchmarks.rules.workload import Conditions, some_rules
from orderflow.facts import RoutingFacts
from orderflow.rules.expression import Expression
from orderflow.rules.index import RuleIndex
from orderflow.rules.parser import parse_conditions

SEED = 20_241_105
ORDERS = 500
PEER_COUNTS = (20, 200, 2000)
COUNTS = (*PEER_COUNTS, 10_000)
RULE_SETS = 3
COMPILES = 3


@dataclass(frozen=True)
class Beside:
    """One size of rule set beside the peer, medians over several rule sets of that size."""

    first_match_ratio: float
    all_match_ratio: float
    first_match_ratio_we_read: float
    all_match_ratio_we_read: float
    orders_per_second: Mapping[str, float]
    rules_met_per_order: float
    different_answers: int


def beside_peer(count: int) -> Beside:
    """So many rules, asked here and in the peer in turns; and whether both find the same rules."""
    measured = [_beside(Random(SEED + number), count) for number in range(RULE_SETS)]
    names = measured[0].orders_per_second
    return Beside(
        first_match_ratio=median(one.first_match_ratio for one in measured),
        all_match_ratio=median(one.all_match_ratio for one in measured),
        first_match_ratio_we_read=median(one.first_match_ratio_we_read for one in measured),
        all_match_ratio_we_read=median(one.all_match_ratio_we_read for one in measured),
        orders_per_second={name: median(one.orders_per_second[name] for one in measured) for name in names},
        rules_met_per_order=sum(one.rules_met_per_order for one in measured) / len(measured),
        different_answers=sum(one.different_answers for one in measured),
    )


def growth() -> Mapping[str, Mapping[int, float]]:
    """How many times longer an order takes with more rules than with 20: for the first match, and for all."""
    times: dict[str, dict[int, list[float]]] = {"first_of": {}, "all_of": {}}
    random = Random(SEED)
    orders = some_orders(random, ORDERS)
    for _ in range(RULE_SETS):
        indexes = {count: _index(some_rules(random, count)) for count in COUNTS}
        for mode, by_count in times.items():
            ways = [(getattr(index, mode), [index.read(order) for order in orders]) for index in indexes.values()]
            for count, seconds in zip(indexes, seconds_per_order(ways), strict=True):
                by_count.setdefault(count, []).append(median(seconds))
    return {
        mode: {count: median(map(truediv, by_count[count], by_count[COUNTS[0]])) for count in COUNTS[1:]}
        for mode, by_count in times.items()
    }


def compile_seconds(count: int) -> float:
    """The time from the conditions as they are written until the first and all matches of an order can be asked for."""
    random = Random(SEED)
    facts, rules = some_orders(random, 1)[0], some_rules(random, count)
    return median(_compile_seconds(rules, facts) for _ in range(COMPILES))


def _beside(random: Random, count: int) -> Beside:
    orders = some_orders(random, ORDERS)
    documents = [as_json(order) for order in orders]
    if {leaf_count(document) for document in documents} != {FIELDS}:
        raise ValueError(f"an order of this benchmark has {FIELDS} fields")
    rules = some_rules(random, count)
    index, first, collect = _index(rules), DecisionTable(rules, "first"), DecisionTable(rules, "collect")
    readings = [index.read(order) for order in orders]
    met = [index.all_of(reading) for reading in readings]
    times = seconds_per_order(
        [
            (index.first_of, readings),
            (index.all_of, readings),
            (first.answer, documents),
            (collect.answer, documents),
            (index.first, orders),
            (index.all, orders),
        ]
    )
    names = ("first match", "all matches", "zen-engine first", "zen-engine collect", "first, reading", "all, reading")
    return Beside(
        first_match_ratio=ratio(times[2], times[0]),
        all_match_ratio=ratio(times[3], times[1]),
        first_match_ratio_we_read=ratio(times[2], times[4]),
        all_match_ratio_we_read=ratio(times[3], times[5]),
        orders_per_second={name: 1 / median(seconds) for name, seconds in zip(names, times, strict=True)},
        rules_met_per_order=sum(map(len, met)) / len(met),
        different_answers=_different(index, first, collect, list(zip(orders, documents, strict=True))),
    )


def _different(
    index: RuleIndex, first: DecisionTable, collect: DecisionTable, orders: Sequence[tuple[RoutingFacts, Any]]
) -> int:
    """The orders of which the peer says something else."""
    different = 0
    for facts, document in orders:
        found = index.first(facts)
        same_first = positions(first.answer(document)) == ([] if found is None else [found])
        different += not (same_first and positions(collect.answer(document)) == index.all(facts))
    return different


def _index(rules: Sequence[Conditions]) -> RuleIndex:
    return RuleIndex(_parsed(rules))


def _parsed(rules: Sequence[Conditions]) -> list[Expression]:
    return [parse_conditions(rule, f"routing_rules[{place}].conditions") for place, rule in enumerate(rules)]


def _compile_seconds(rules: Sequence[Conditions], facts: RoutingFacts) -> float:
    start = process_time()
    index = _index(rules)
    index.first(facts)
    index.all(facts)
    return process_time() - start
