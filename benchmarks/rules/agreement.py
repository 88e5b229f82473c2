"""Whether the index decides as the plain reading of the rules does, on random rule sets and random orders.

Rules ask everything that can be asked in a way of its own: missing values, negation, the negative twins, lists, days,
amounts of another currency, lines, stock of one SKU, made-up fields; they stop or go on, have else branches and dates.
"""

from datetime import timedelta
from random import Random
from typing import Any

from benchmarks.rules.orders import NOW
from orderflow.address import Address
from orderflow.facts import RoutingFacts
from orderflow.inventory import StockLevel, StockView
from orderflow.money import Money
from orderflow.order import Customer, Order, OrderLine
from orderflow.policy import RoutingPolicy
from orderflow.rules.actions import combined
from orderflow.rules.explain import explain
from orderflow.rules.rule_set import RuleSet
from orderflow.shipping.rate_card import RateCard

ORDERS_PER_RULE_SET = 10

_WORDS = ("a", "B", "ab", "b")
_NUMBERS = (0, 1, 2.5, 3)
_DAYS = ("2024-11-04", "2024-11-05")
_TEXT_CODES = ("eq", "ne", "contains", "not_contains", "starts_with", "not_starts_with", "ends_with", "not_ends_with")
_ORDER_CODES = ("eq", "ne", "gt", "gte", "lt", "lte")
_ASKED: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[Any, ...]], ...] = (
    (("customer_tier", "destination_city", "attribute(n)"), _TEXT_CODES, _WORDS),
    (("tags", "product_category"), _TEXT_CODES, _WORDS),
    (("order_value", "shipping_paid"), _ORDER_CODES, _NUMBERS),
    (("order_value", "shipping_paid"), _ORDER_CODES, ("1 EUR", "2.5 EUR")),
    (("customer_order_count", "line_count", "attribute(n)"), _ORDER_CODES, _NUMBERS),
    (("stock(warehouse_la)", "stock(warehouse_la, a)", "stock(warehouse_la, b)"), _ORDER_CODES, (0, 1, 2)),
    (("placed_date",), _ORDER_CODES, _DAYS),
    (("is_gift", "is_international", "attribute(f)"), ("eq", "ne"), (True, False)),
)
_OF_LINES = ((("line_category",), _TEXT_CODES, _WORDS), (("line_quantity",), _ORDER_CODES, (1, 2)))
_CARD = RateCard.model_validate({"currency": "USD", "zones": [{"to_km": 1e9, "name": "any"}], "services": []})


def disagreements(random: Random, pairs: int) -> int:
    """Of that many pairs of a rule set and an order, those on which index and plain reading differ."""
    return sum(_disagreements(random) for _ in range(pairs // ORDERS_PER_RULE_SET))


def _disagreements(random: Random) -> int:
    count = random.choice((1, 3, 10, 40))
    rule_set = RuleSet.model_validate({"rules": [_rule(random, number) for number in range(count)]})
    return sum(_differs(rule_set, _facts(random)) for _ in range(ORDERS_PER_RULE_SET))


def _differs(rule_set: RuleSet, facts: RoutingFacts) -> bool:
    """Whether rules, branches or effects together are not those of the plain reading."""
    plain = [(one.rule_id, one.branch) for one in explain(rule_set, facts) if one.branch]
    rules = {rule.id: rule for rule in rule_set.rules}
    branches = sorted(plain, key=lambda taken: taken[1] == "else")
    effects = combined(
        rules[name].actions if branch == "then" else rules[name].otherwise or rules[name].actions
        for name, branch in branches
    )
    result = rule_set.evaluate(facts)
    return [(match.rule_id, match.branch) for match in result.matches] != plain or result.actions != effects


def _rule(random: Random, number: int) -> dict[str, Any]:
    rule = {
        "id": str(number),
        "conditions": _conditions(random, 2),
        "actions": {"warehouse": f"w{number}", "tags": [f"t{number}"]},
        "priority": random.randint(0, 2),
        "on_match": random.choice(("stop", "continue")),
        "on_else": random.choice(("stop", "continue", "continue")),
        "enabled": random.random() < 0.9,
    }
    if random.random() < 0.2:
        rule["else"] = {"carrier": f"c{number}", "tags": [f"e{number}"]}
    if random.random() < 0.2:
        rule["effective_from"] = NOW + timedelta(hours=random.choice((-1, 0, 1)))
    if random.random() < 0.2:
        rule["effective_until"] = NOW + timedelta(hours=random.choice((-2, 2)))
        rule.pop("effective_from", None)
    return rule


def _conditions(random: Random, depth: int) -> dict[str, Any]:
    conditions = dict(_condition(random, _ASKED) for _ in range(random.randint(0, 3)))
    if depth and random.random() < 0.5:
        parts = [_conditions(random, depth - 1) for _ in range(random.randint(1, 3))]
        conditions[random.choice(("all", "any", "none"))] = parts
    if random.random() < 0.2:
        asked = dict([_condition(random, _OF_LINES)])
        conditions["lines"] = {random.choice(("all", "any", "none")): asked}
    return conditions


def _condition(random: Random, asked: Any) -> tuple[str, Any]:
    names, codes, operands = random.choice(asked)
    shape = random.random()
    if shape < 0.1 and operands != (True, False):
        return random.choice(names), {random.choice(("in", "not_in")): random.choices(operands, k=2)}
    if shape < 0.2:
        return random.choice(names), {"exists": random.random() < 0.5}
    if shape < 0.25 and operands is _NUMBERS:
        return random.choice(names), {random.choice(("between", "not_between")): [1, random.randint(1, 3)]}
    return random.choice(names), {random.choice(codes): random.choice(operands)}


def _facts(random: Random) -> RoutingFacts:
    levels = [
        StockLevel(location="warehouse_la", sku=sku, on_hand=random.randint(0, 2), counted_at=NOW)
        for sku in ("a", "b")
        if random.random() < 0.7
    ]
    return RoutingFacts(_order(random), StockView(levels), {}, RoutingPolicy(), _CARD, NOW)


def _order(random: Random) -> Order:
    currency = random.choice(("USD", "USD", "EUR", "JPY"))
    words = ("", *_WORDS)
    return Order(
        source="shopify",
        external_id="1",
        number="1",
        placed_at=NOW - timedelta(days=random.randint(0, 2)),
        updated_at=NOW,
        total=Money.of(random.choice(("0", "1", "2.49", "2.50", "3", "9")), currency),
        shipping_paid=random.choice((None, Money.of("2.5", "EUR"), Money.of("1", "USD"))),
        customer=Customer(tier=random.choice(words), order_count=random.randint(0, 4)),
        destination=Address(city=random.choice(words), country=random.choice(("", "US", "DE"))),
        lines=tuple(_line(random, line_no) for line_no in range(1, random.randint(1, 4))),
        gift=random.random() < 0.5,
        tags=tuple(random.choices(_WORDS, k=random.randint(0, 3))),
        attributes={name: random.choice(("", "1", "2.5", "a", "yes", "nan")) for name in random.sample("nf", 1)},
    )


def _line(random: Random, line_no: int) -> OrderLine:
    return OrderLine(
        line_no=line_no,
        line_id=str(line_no),
        sku=random.choice("ab"),
        quantity=random.randint(1, 2),
        unit_price=Money.of(1, "USD"),
        category=random.choice(("", *_WORDS)),
    )
