"""The split search against a slow and plain one that tries every way to place every unit."""

from collections.abc import Iterator
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from routing_values import (
    GROUND,
    OWN,
    card,
    facts,
    line,
    order,
    plan_of,
    routing,
    shipped,
    waiting,
)

SKUS = ("SKU123", "SKU456")
# One gram is one step, so the price grows evenly with the weight.
EVEN = card(GROUND.model_copy(update={"step_grams": 1, "per_step": tuple(p / 1000 for p in (GROUND.base))}))

counts = st.integers(min_value=0, max_value=3)
held_anywhere = st.fixed_dictionaries({place.code: st.fixed_dictionaries(dict.fromkeys(SKUS, counts)) for place in OWN})
quantities = st.lists(st.integers(min_value=1, max_value=3), min_size=1, max_size=2)


def ways(lines, held) -> Iterator[dict[str, dict[int, int]]]:
    """Every way to place units of every line at every location without taking more than it holds."""
    per_line = [
        [units for units in product(range(item.quantity + 1), repeat=len(OWN)) if sum(units) <= item.quantity]
        for item in lines
    ]
    for chosen in product(*per_line):
        placed = {place.code: {} for place in OWN}
        for item, units in zip(lines, chosen, strict=True):
            for place, count in zip(OWN, units, strict=True):
                if count:
                    placed[place.code][item.line_no] = count
        if all(count <= held[code][lines[n - 1].sku] for code, taken in placed.items() for n, count in taken.items()):
            yield {code: taken for code, taken in placed.items() if taken}


def cents(placed) -> int:
    """What these parcels cost by the even card, in tenths of a cent."""
    bases = {place.code: int(base) for place, base in zip(OWN, GROUND.base, strict=True)}
    return sum(bases[code] * (1000 + 500 * sum(units.values()) - 1) for code, units in placed.items())


def keeps_lines_whole(way, lines) -> bool:
    return all(any(units.get(item.line_no) == item.quantity for units in way.values()) for item in lines)


@settings(max_examples=150, deadline=None)
@given(held_anywhere, quantities)
def test_no_other_way_ships_more_or_cuts_less_or_needs_fewer_parcels_or_is_cheaper(held, wanted):
    lines = tuple(line(n, sku, units) for n, (sku, units) in enumerate(zip(SKUS, wanted, strict=False), start=1))
    plan = plan_of(facts(order(*lines), held, rate_card=EVEN, policy=routing(strategy="cheapest")))
    units = sum(item.quantity for item in lines)

    def worth(way) -> tuple[int, bool, int, int]:
        left = units - sum(sum(taken.values()) for taken in way.values())
        return (left, left == 0 and not keeps_lines_whole(way, lines), len(way), cents(way))

    assert worth(shipped(plan)) == min(worth(way) for way in ways(lines, held))
    assert sum(waiting(plan).values()) == worth(shipped(plan))[0]
