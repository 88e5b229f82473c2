"""The index answers every question as the plain reading does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderflow.inventory import StockView
from orderflow.rules.explain import explain
from orderflow.rules.expression import meets
from orderflow.rules.index import RuleIndex
from orderflow.rules.index.bits import positions
from orderflow.rules.index.places import place_of
from orderflow.rules.index.rows import MOST_ROWS, rows_of
from orderflow.rules.parser import parse_conditions
from orderflow.rules.rule_set import RuleSet

NOW = datetime(2024, 11, 5, 15, 0, tzinfo=UTC)
WORDS = ["a", "B", "ab", "b"]
AMOUNTS = [0, 1, 2.5, "2.5 EUR", 3]
NUMBERS = [0, 1, 2.5, 3]
DAYS = ["2024-11-04", "2024-11-05"]

TEXT_OPERATORS = ["eq", "ne", "contains", "not_contains", "starts_with", "not_ends_with"]
ORDER_OPERATORS = ["eq", "ne", "gt", "gte", "lt", "lte"]


def asked(operators: list[str], operands: list, *, pair: bool = False) -> st.SearchStrategy:
    """A comparison with any of the operators, one with several of them, or a bare value."""
    one = st.sampled_from(operands)
    several = st.lists(one, min_size=1, max_size=3)
    comparisons = [st.fixed_dictionaries({code: one}) for code in operators]
    comparisons += [st.fixed_dictionaries({code: several}) for code in ("in", "not_in")]
    comparisons += [st.fixed_dictionaries({"exists": st.booleans()})]
    if pair:
        ends = st.tuples(st.integers(0, 1), st.integers(1, 3)).map(list)
        comparisons += [st.fixed_dictionaries({code: ends}) for code in ("between", "not_between")]
        comparisons += [st.fixed_dictionaries({"gte": st.just(1), "lt": st.just(3)})]
    return st.one_of(one, *comparisons)


def entry(names: list[str], content: st.SearchStrategy) -> st.SearchStrategy:
    return st.tuples(st.sampled_from(names), content).map(lambda pair: {pair[0]: pair[1]})


MONEY = entry(["order_value", "shipping_paid"], asked(ORDER_OPERATORS, [0, 1, 2.5, 3], pair=True))
EUROS = entry(["order_value", "shipping_paid"], asked(ORDER_OPERATORS, ["1 EUR", "2.5 EUR"]))
NUMBER = entry(["customer_order_count", "line_count", "attribute(n)"], asked(ORDER_OPERATORS, NUMBERS, pair=True))
TEXT = entry(["customer_tier", "destination_city", "attribute(n)"], asked(TEXT_OPERATORS, WORDS))
LIST = entry(["tags", "product_category"], asked(["eq", "ne", "contains", "starts_with", "not_contains"], WORDS))
FLAG = entry(["is_gift", "is_international", "attribute(f)"], st.sampled_from([True, False, {"ne": True}]))
DAY = entry(["placed_date"], asked(ORDER_OPERATORS, DAYS))
STOCK = entry(["stock(warehouse_la)", "stock(warehouse_la, a)"], asked(ORDER_OPERATORS, [0, 1, 2]))
LINE = entry(["line_category"], asked(TEXT_OPERATORS, WORDS)) | entry(["line_quantity"], asked(ORDER_OPERATORS, [1, 2]))
LINES = st.tuples(st.sampled_from(["all", "any", "none"]), LINE).map(lambda pair: {"lines": {pair[0]: pair[1]}})
LEAF = st.one_of(MONEY, EUROS, NUMBER, TEXT, LIST, FLAG, DAY, STOCK, LINES)


def grouped(parts: st.SearchStrategy) -> st.SearchStrategy:
    several = st.lists(parts, min_size=1, max_size=4)
    return st.tuples(st.sampled_from(["all", "any", "none"]), several).map(lambda pair: {pair[0]: pair[1]})


CONDITIONS = st.recursive(LEAF, grouped, max_leaves=8)
RULES = st.lists(CONDITIONS | st.just({}), min_size=1, max_size=12)

ORDERS = st.fixed_dictionaries(
    {
        "total": st.sampled_from(["0", "1", "2.49", "2.50", "3", "9"]),
        "currency": st.sampled_from(["USD", "EUR", "JPY"]),
        "shipping_paid": st.none() | st.just({"amount": Decimal("2.5"), "currency": "EUR"}),
        "customer": st.fixed_dictionaries({"tier": st.sampled_from(["", *WORDS]), "order_count": st.integers(0, 4)}),
        "destination": st.fixed_dictionaries(
            {"city": st.sampled_from(["", *WORDS]), "country": st.sampled_from(["", "US", "DE"])}
        ),
        "gift": st.booleans(),
        "tags": st.lists(st.sampled_from(WORDS), max_size=3).map(tuple),
        "attributes": st.dictionaries(
            st.sampled_from(["n", "f"]), st.sampled_from(["", "1", "2.5", "a", "yes", "nan"])
        ),
        "lines": st.lists(
            st.fixed_dictionaries({"category": st.sampled_from(["", *WORDS]), "quantity": st.integers(1, 2)}),
            max_size=3,
        ),
        "stock": st.dictionaries(
            st.sampled_from([("warehouse_la", "a"), ("warehouse_la", "SKU123")]), st.integers(0, 2), max_size=2
        ),
        "placed_at": st.sampled_from([datetime(2024, 11, day, tzinfo=UTC) for day in (3, 4, 5)]),
    }
)


@settings(max_examples=150, deadline=None)
@given(rules=RULES, orders=st.lists(ORDERS, min_size=1, max_size=5))
def test_the_index_finds_exactly_the_rules_the_plain_reading_finds(facts_of, line_of, rules, orders):
    expressions = [parse_conditions(conditions, f"rules[{place}]") for place, conditions in enumerate(rules)]
    # Many copies: more rows than bits in a machine word. Few early rows: the search must go on behind them.
    many = expressions * 8
    indexes = [RuleIndex(expressions), RuleIndex(expressions, early_rows=1), RuleIndex(many, early_rows=16)]
    for order in orders:
        lines = tuple(line_of(number, **line) for number, line in enumerate(order["lines"], start=1))
        facts = facts_of(**(order | {"lines": lines}))
        for asked, index in zip((expressions, expressions, many), indexes, strict=True):
            plain = [place for place, expression in enumerate(asked) if meets(expression, facts)]
            assert index.all(facts) == plain
            assert index.first(facts) == next(iter(plain), None)
            reading = index.read(facts)
            assert (index.first_of(reading), index.all_of(reading)) == (next(iter(plain), None), plain)


def test_the_first_of_very_many_rules_is_found_behind_those_that_words_cannot_exclude(facts_of):
    conditions = [{"order_value": {"gt": 1000 + number}} for number in range(300)]
    expressions = [parse_conditions(one, str(place)) for place, one in enumerate([*conditions, {"order_value": 100}])]
    index = RuleIndex(expressions, early_rows=16)
    assert index.first(facts_of(total="100")) == len(conditions)
    assert index.first(facts_of(total="101")) is None


@given(st.sets(st.integers(0, 3000)))
def test_the_places_of_set_bits_are_listed_in_order(places):
    assert list(positions(sum(1 << place for place in places))) == sorted(places)


def test_a_rule_of_too_many_rows_is_kept_whole(facts_of):
    pairs = [{"any": [{"customer_tier": f"a{n}"}, {"customer_type": f"b{n}"}]} for n in range(7)]
    expression = parse_conditions({"source": "shopify", "all": pairs})
    (row,) = rows_of(expression)
    assert len(row) == 2
    assert MOST_ROWS < 2**7
    index = RuleIndex([expression])
    assert index.all(facts_of()) == []


@pytest.mark.parametrize(
    ("value", "same", "more"),
    [(Decimal("0.1"), "0.1", 0.1), (5, "5.000000", Decimal("5.0000001")), (-1, "-1", Decimal("-0.9999999"))],
)
def test_numbers_are_placed_exactly(value, same, more):
    assert place_of(value) == place_of(Decimal(same))
    assert place_of(value) < place_of(more) < place_of(value) + 2


def test_nothing_more_is_read_once_no_rule_is_left(facts_of):
    expressions = [parse_conditions({"source": "nowhere", "stock(warehouse_la)": {"gt": 0}}, str(n)) for n in range(9)]
    index = RuleIndex(expressions)
    without_stock = replace(facts_of(), stock=None)
    assert index.all(without_stock) == []
    assert index.first(without_stock) is None


def test_what_is_asked_of_several_rules_is_read_once(facts_of):
    class CountedStock(StockView):
        looks = 0

        def available(self, location: str, sku: str, variant: str = "") -> int:
            self.looks += 1
            return 5

    expressions = [parse_conditions({"stock(warehouse_la)": {"exists": True}}, str(n)) for n in range(4)]
    facts = replace(facts_of(), stock=CountedStock([]))
    assert RuleIndex(expressions).all(facts) == [0, 1, 2, 3]
    assert facts.stock.looks == 1


def dated(begins: int | None, days: int | None) -> dict:
    """In force from so many hours after NOW, for so many days."""
    start = NOW + timedelta(hours=begins or 0)
    dates = {} if begins is None else {"effective_from": start}
    return dates if days is None else dates | {"effective_until": start + timedelta(days=days)}


DATES = st.builds(dated, st.sampled_from([None, -1, 0, 1]), st.sampled_from([None, 1]))
RULE = st.fixed_dictionaries(
    {
        "conditions": CONDITIONS | st.just({}),
        "actions": st.fixed_dictionaries({}, optional={"warehouse": st.sampled_from("ab"), "tags": st.just(["x"])}),
        "priority": st.integers(0, 2),
        "on_match": st.sampled_from(["stop", "continue"]),
        "on_else": st.sampled_from(["stop", "continue"]),
        "enabled": st.sampled_from([True, True, False]),
    },
    optional={"else": st.just({"carrier": "c", "tags": ["y"]})},
)


@settings(max_examples=150, deadline=None)
@given(rules=st.lists(st.tuples(RULE, DATES), min_size=1, max_size=8), orders=st.lists(ORDERS, min_size=1, max_size=3))
def test_a_rule_set_decides_as_its_rules_read_one_after_the_other(facts_of, line_of, rules, orders):
    documents = [rule | dates | {"id": str(place)} for place, (rule, dates) in enumerate(rules)]
    rule_set = RuleSet.model_validate({"rules": documents})
    for order in orders:
        lines = tuple(line_of(number, **line) for number, line in enumerate(order["lines"], start=1))
        facts = facts_of(**(order | {"lines": lines}))
        taken = [(one.rule_id, one.branch) for one in explain(rule_set, facts) if one.branch]
        assert [(match.rule_id, match.branch) for match in rule_set.evaluate(facts).matches] == taken
