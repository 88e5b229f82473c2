"""Who gets what came: turns are kept, and only what the rules allow is given out of turn."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.backorders.refill import RefillRules, Turn, Waiting, grants

STRICT = RefillRules()
PARTLY = RefillRules(partly=True)
MAY_SKIP = RefillRules(may_skip=True)


def queue(*units: int, sku: str = "LAMP") -> list[Waiting]:
    return [Waiting(backorder_id=f"b{place}", sku=sku, variant="", units=count) for place, count in enumerate(units)]


def given_to(units: list[Waiting], free: int, rules: RefillRules = STRICT) -> dict[str, int]:
    return {grant.backorder_id: grant.units for grant in grants(units, {("LAMP", ""): free}, rules)}


@pytest.mark.requirement("OMS-53")
@pytest.mark.parametrize(
    ("free", "expected"),
    [(0, {}), (1, {}), (2, {"b0": 2}), (6, {"b0": 2}), (7, {"b0": 2, "b1": 5}), (9, {"b0": 2, "b1": 5, "b2": 1})],
)
def test_the_oldest_is_served_first_and_nobody_passes_one_that_needs_more(free: int, expected: dict[str, int]) -> None:
    assert given_to(queue(2, 5, 1), free) == expected


@pytest.mark.requirement("OMS-53")
def test_with_parts_allowed_the_next_in_turn_takes_what_is_left() -> None:
    assert given_to(queue(2, 5, 1), 6, PARTLY) == {"b0": 2, "b1": 4}


@pytest.mark.requirement("OMS-53")
def test_with_skipping_allowed_a_younger_one_takes_what_an_older_one_cannot_use() -> None:
    given_out = grants(queue(2, 5, 1), {("LAMP", ""): 4}, MAY_SKIP)
    assert [(one.backorder_id, one.units, one.turn) for one in given_out] == [
        ("b0", 2, Turn.FIRST),
        ("b2", 1, Turn.SKIPPED),
    ]


def test_one_product_never_waits_for_another() -> None:
    waiting = [*queue(5), Waiting(backorder_id="mug", sku="MUG", variant="red", units=1)]
    given_out = grants(waiting, {("LAMP", ""): 4, ("MUG", "red"): 1}, STRICT)
    assert [one.backorder_id for one in given_out] == ["mug"]


waitings = st.lists(st.tuples(st.sampled_from(["A", "B"]), st.integers(1, 6)), max_size=8)
stocks = st.fixed_dictionaries({"A": st.integers(-2, 15), "B": st.integers(0, 15)})
rules = st.builds(RefillRules, partly=st.booleans(), may_skip=st.booleans())


@given(waiting=waitings, free=stocks, how=rules)
def test_no_unit_is_given_twice_and_nobody_gets_more_than_they_wait_for(
    waiting: list[tuple[str, int]], free: dict[str, int], how: RefillRules
) -> None:
    line = [Waiting(backorder_id=str(n), sku=sku, variant="", units=units) for n, (sku, units) in enumerate(waiting)]
    sums: Counter[str] = Counter()
    for grant in grants(line, {(sku, ""): units for sku, units in free.items()}, how):
        one = line[int(grant.backorder_id)]
        assert 0 < grant.units <= one.units
        assert how.partly or grant.units == one.units
        sums[one.sku] += grant.units
    assert all(sums[sku] <= max(0, units) for sku, units in free.items())


@given(waiting=waitings, free=stocks, partly=st.booleans())
def test_without_skipping_whoever_gets_something_has_nobody_waiting_before_them(
    waiting: list[tuple[str, int]], free: dict[str, int], partly: bool
) -> None:
    line = [Waiting(backorder_id=str(n), sku=sku, variant="", units=units) for n, (sku, units) in enumerate(waiting)]
    available = {(sku, ""): units for sku, units in free.items()}
    got = {grant.backorder_id: grant.units for grant in grants(line, available, RefillRules(partly=partly))}
    for place, one in enumerate(line):
        if one.backorder_id in got:
            before = [older for older in line[:place] if older.sku == one.sku]
            assert all(got.get(older.backorder_id) == older.units for older in before)
