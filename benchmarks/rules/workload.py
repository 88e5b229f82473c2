"""Rules as a shop with very many of them might have: three to six conditions on different fields, some with more.

A threshold singles out the rarer side, as "over 500" does.

30 % of the rules also have an `any` of two or three conditions, 20 % a `not`, 7 % an `any` with an `all` inside it.
"""

from collections.abc import Sequence
from random import Random
from typing import Any

from benchmarks.rules import orders

Conditions = dict[str, Any]

WORDS: dict[str, Sequence[str]] = {
    "source": orders.CHANNELS,
    "destination_country": orders.COUNTRIES,
    "destination_region": orders.REGIONS,
    "customer_tier": orders.TIERS,
    "customer_type": orders.CUSTOMER_TYPES,
    "preferred_carrier": orders.CARRIERS,
    "shipping_method": orders.METHODS,
    "risk": orders.RISKS,
}
# The highest value an order can have there.
NUMBERS: dict[str, int] = {
    "order_value": 1000,
    "shipping_paid": 40,
    "customer_order_count": 50,
    "unit_count": 12,
    "total_weight_grams": 48_000,
    **{f"stock({location})": 60 for location in orders.LOCATIONS},
}
FLAGS = ("is_gift",)
FIELDS = (*WORDS, *NUMBERS, *FLAGS)

WITH_ANY, WITH_NOT, WITH_NESTED = 0.30, 0.20, 0.07


def some_rules(random: Random, count: int) -> list[Conditions]:
    """The conditions of that many rules, as a person writes them."""
    return [_rule(random) for _ in range(count)]


def _rule(random: Random) -> Conditions:
    rule = _conditions(random, random.randint(3, 6))
    if random.random() < WITH_ANY:
        rule["any"] = _alternatives(random, random.randint(2, 3))
    if random.random() < WITH_NOT:
        rule["none"] = _alternatives(random, 1)
    if random.random() < WITH_NESTED:
        nested = {"any": [{"all": [_conditions(random, 2)]}, *_alternatives(random, 1)]}
        rule["all"] = [nested]
    return rule


def _alternatives(random: Random, count: int) -> list[Conditions]:
    return [_conditions(random, 1) for _ in range(count)]


def _conditions(random: Random, count: int) -> Conditions:
    return {field: _content(random, field) for field in random.sample(FIELDS, count)}


def _content(random: Random, field: str) -> Any:
    if field in WORDS:
        return _of_words(random, WORDS[field])
    return _of_numbers(random, NUMBERS[field]) if field in NUMBERS else random.random() < 0.5


def _of_words(random: Random, words: Sequence[str]) -> Any:
    code = random.choice(("eq", "eq", "eq", "eq", "eq", "in", "in", "ne"))
    if code == "in":
        return {"in": random.sample(words, random.randint(2, 3))}
    word = random.choice(words)
    return word if code == "eq" else {"ne": word}


def _of_numbers(random: Random, highest: int) -> Any:
    code = random.choice(("gt", "gte", "lt", "lte", "between", "between"))
    if code == "between":
        low = random.randint(0, highest)
        return {code: [low, low + max(1, highest // 5)]}
    unusual = random.randint(0, highest // 2)
    return {code: highest - unusual if code in {"gt", "gte"} else unusual}
