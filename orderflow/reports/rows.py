"""The week's figures as rows of a table: one row a figure, keyed by week and figure, so that a rerun replaces it."""

from collections.abc import Iterable, Sequence
from typing import Any

from orderflow.reports.bottlenecks import StageFigures
from orderflow.reports.operation import OperationFigures
from orderflow.reports.rule_figures import RuleFigures, most_expensive
from orderflow.reports.week import WeeklyFigures

COLUMNS = ("key", "week", "figure", "value")
RULES_SHOWN = 20
ABSENT = "n/a"

Named = Iterable[tuple[str, Any]]


def report_rows(
    week: str,
    figures: WeeklyFigures,
    operation: OperationFigures,
    rules: Sequence[RuleFigures],
    stages: Sequence[StageFigures],
) -> list[dict[str, Any]]:
    """All figures of the week; what cannot be said is "n/a"."""
    named = (*_orders(figures), *_carriers(figures), *_operation(operation), *_rules(rules), *_stages(stages))
    return [
        {"key": f"{week} {figure}", "week": week, "figure": figure, "value": ABSENT if value is None else value}
        for figure, value in named
    ]


def _orders(figures: WeeklyFigures) -> Named:
    yield "orders", figures.orders
    yield "fulfilled", figures.fulfilled
    yield "average time from paid to label", str(figures.average_fulfillment or ABSENT)
    yield "without a person, %", figures.automatic_percent
    yield "within the 70–80 % band", {True: "yes", False: "no", None: ABSENT}[figures.in_band]
    yield "split, %", figures.split_percent
    yield "backordered", figures.backordered
    for reason, count in figures.holds_by_reason.items():
        yield f"holds: {reason}", count


def _carriers(figures: WeeklyFigures) -> Named:
    for carrier in figures.carriers:
        name = f"{carrier.carrier} ({carrier.cost.currency})"
        yield f"{name}: labels", carrier.labels
        yield f"{name}: cost", str(carrier.cost)
        yield f"{name}: average cost", str(carrier.average_cost)
    for place, count in figures.shipments_by_location.items():
        yield f"shipments from {place}", count


def _operation(operation: OperationFigures) -> Named:
    for place, percent in operation.utilisation_percent.items():
        yield f"utilisation of {place}, %", percent
    yield "shipping accuracy, %", operation.accuracy_percent
    yield "customer satisfaction, 1 to 5", operation.satisfaction
    yield "scores given", operation.scores
    yield "inventory turnover, units shipped by units on hand", operation.turnover


def _rules(rules: Sequence[RuleFigures]) -> Named:
    for rule in rules[:RULES_SHOWN]:
        yield f"rule {rule.rule_id}: orders", rule.matched
        yield f"rule {rule.rule_id}: fulfilled without a person, %", rule.success_percent
        yield f"rule {rule.rule_id}: average label cost", str(rule.average_cost or ABSENT)
    for rank, rule in enumerate(most_expensive(rules)[:RULES_SHOWN], 1):
        yield f"most expensive rule {rank}", f"{rule.rule_id} ({rule.average_cost} an order)"


def _stages(stages: Sequence[StageFigures]) -> Named:
    yield "bottleneck", stages[0].status.value if stages and stages[0].share_percent else None
    for stage in stages:
        name = f"in {stage.status.value.replace('_', ' ')}"
        yield f"{name}: share of all waiting, %", stage.share_percent
        yield f"{name}: average", str(stage.average)
        yield f"{name}: nine in ten within", str(stage.percentile_90)
        yield f"{name}: orders there now", stage.waiting
