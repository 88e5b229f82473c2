"""Which rules earn their keep: how often each applied, how its orders went, and what they cost to ship."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from orderflow.money import Money
from orderflow.value import Value


class RuledOrder(Value):
    """One order and the rules its newest decision applied. `cost` is what its labels cost, None while it has none."""

    rules: tuple[str, ...]
    fulfilled: bool
    touched: bool
    cost: Money | None = None
    duration: timedelta | None = None


class RuleFigures(Value):
    """One rule over the orders it applied to.

    success_percent: orders that were fulfilled without a person ÷ orders. `average_cost` is that of an order's labels
    in the currency most orders have, `total_cost` their sum; None where no order has a label. `average_duration` is
    from paid to the last label.
    """

    rule_id: str
    matched: int
    success_percent: Decimal
    total_cost: Money | None
    average_cost: Money | None
    average_duration: timedelta | None


def rule_figures(orders: Sequence[RuledOrder]) -> tuple[RuleFigures, ...]:
    """Every rule that applied, the most successful first; among equals the one that applied more often, then by id."""
    by_rule: dict[str, list[RuledOrder]] = defaultdict(list)
    for order in orders:
        for rule_id in dict.fromkeys(order.rules):
            by_rule[rule_id].append(order)
    figures = [_figures(rule_id, mine) for rule_id, mine in by_rule.items()]
    return tuple(sorted(figures, key=lambda rule: (-rule.success_percent, -rule.matched, rule.rule_id)))


def most_expensive(figures: Sequence[RuleFigures]) -> tuple[RuleFigures, ...]:
    """The rules whose orders have labels, the dearest on average first; each currency by itself, in their order."""
    priced = [rule for rule in figures if rule.average_cost]
    return tuple(sorted(priced, key=_dearest_first))


def _figures(rule_id: str, orders: Sequence[RuledOrder]) -> RuleFigures:
    succeeded = sum(order.fulfilled and not order.touched for order in orders)
    costs = _of_one_currency([order.cost for order in orders if order.cost])
    total = sum(costs[1:], start=costs[0]) if costs else None
    durations = [order.duration for order in orders if order.duration is not None]
    return RuleFigures(
        rule_id=rule_id,
        matched=len(orders),
        success_percent=(Decimal(100 * succeeded) / len(orders)).quantize(Decimal("0.1")),
        total_cost=total,
        average_cost=Money.of(total.amount / len(costs), total.currency) if total else None,
        average_duration=sum(durations, timedelta()) / len(durations) if durations else None,
    )


def _of_one_currency(costs: Sequence[Money]) -> list[Money]:
    currencies = [cost.currency for cost in costs]
    usual = max(sorted(set(currencies)), key=currencies.count, default="")
    return [cost for cost in costs if cost.currency == usual]


def _dearest_first(rule: RuleFigures) -> tuple[str, Decimal, str]:
    cost = rule.average_cost
    return (cost.currency, -cost.amount, rule.rule_id) if cost else ("", Decimal(0), rule.rule_id)
