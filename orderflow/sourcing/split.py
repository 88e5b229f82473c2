"""The best way to share an order over several locations, found by looking at every way that could be it.

1. Put the locations in order: own before outside ones, then by what a further kilogram costs from there.
2. For every number of parcels, fewest first, look at every set of so many locations.
3. Inside a set every line goes to the first location that holds it whole. If lines may be cut, every unit comes from
   the first location that has it.
4. The set that leaves the fewest units over wins, then the one that needs the fewest outside units, then the fewest
   parcels, then the strategy decides. Larger sets are not looked at once one covers everything without outsiders.

The result is exact where prices grow evenly with weight and no two lines are of one product; a card of weight steps
can cost at most one step a parcel more. More than POOL_LIMIT locations are cut to those holding most of the order, and
the result says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

from orderflow.sourcing.bid import UNKNOWN, Bid
from orderflow.sourcing.demand import Demand, Units
from orderflow.sourcing.scoring import Scored
from orderflow.sourcing.source import Cost, Source
from orderflow.sourcing.strategies import Strategy

POOL_LIMIT = 12


class Share(NamedTuple):
    """What one location ships of the order."""

    source: Source
    units: Units
    cost: Cost


class Allotment(NamedTuple):
    """One way to share the order: the shares, the units nobody ships, those outsiders ship, and the bid."""

    shares: tuple[Share, ...]
    uncovered: int
    outside: int
    bid: Bid

    @property
    def covers_all(self) -> bool:
        """Whether every unit of the order ships."""
        return self.uncovered == 0


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for: the demand, who judges, how many parcels at most, and whether lines may be cut."""

    demand: Demand
    strategy: Strategy
    chain: tuple[str, ...]
    limit: int
    cuts_lines: bool


class Found(NamedTuple):
    """The best allotment, and how many locations were not looked at to keep it quick."""

    best: Allotment | None
    left_out: int


def best_split(pool: Sequence[Scored], search: Search) -> Found:
    """The best way to share the order over at most `search.limit` locations; None where there is none at all."""
    able = sorted((s for s in pool if s.covers), key=lambda s: (-s.covers, *_further_kilogram(s)))
    kept = sorted(able[:POOL_LIMIT], key=_further_kilogram)
    best = None
    for size in range(1, min(search.limit, len(kept)) + 1):
        uncovered = best.uncovered if best else search.demand.units
        found = [*filter(None, [best]), *_allotments(kept, search, size, uncovered)]
        best = min(found, key=lambda allotment: _rank(allotment, search.strategy), default=None)
        if best and best.covers_all and not best.outside:
            break
    return Found(best, len(able) - len(kept))


def allotment_of(shares: Sequence[tuple[Scored, Units]], search: Search) -> Allotment:
    """These shares as one way to ship, with its costs and its bid."""
    costed = tuple(Share(s.source, units, s.source.cost_of(search.demand, units)) for s, units in shares)
    counts = [sum(units.values()) for _, units in shares]
    shipped = sum(counts)
    bid = Bid(
        parcels=sum(len(s.source.parcels(search.demand, s.units)) for s in costed),
        cost=sum(UNKNOWN if s.cost.minor is None else s.cost.minor for s in costed),
        arrival=max(UNKNOWN if s.cost.arrival is None else s.cost.arrival.toordinal() for s in costed),
        distance_km=sum(UNKNOWN if s.source.distance_km is None else s.source.distance_km for s in costed),
        points=round(sum(s.points * n for (s, _), n in zip(shares, counts, strict=True)) / shipped, 2),
        chain_rank=sum(_chain_rank(s.source.code, search.chain) for s in costed),
        codes=tuple(sorted(s.source.code for s in costed)),
    )
    outside = sum(n for (s, _), n in zip(shares, counts, strict=True) if s.source.is_outside)
    return Allotment(costed, search.demand.units - shipped, outside, bid)


def _further_kilogram(scored: Scored) -> tuple[Any, ...]:
    light, heavy = scored.source.tariff.quote(1), scored.source.tariff.quote(1000)
    slope = heavy.minor - light.minor if light and heavy else UNKNOWN
    return (scored.source.is_outside, slope, scored.source.code)


def _allotments(pool: Sequence[Scored], search: Search, size: int, uncovered: int) -> Iterator[Allotment]:
    """What each set of this size ships, without the sets that leave over more units than another one does."""
    place_units = _cut if search.cuts_lines else _whole_lines
    for chosen in combinations(pool, size):
        units = place_units(chosen, search.demand)
        if not units or not all(units):
            continue
        left_over = search.demand.units - sum(sum(taken.values()) for taken in units)
        if left_over <= uncovered:
            uncovered = left_over
            yield allotment_of(list(zip(chosen, units, strict=True)), search)


def _whole_lines(chosen: Sequence[Scored], demand: Demand) -> list[dict[int, int]] | None:
    """Every line at one location of the set, or None if some line fits nowhere whole."""
    left = [list(s.source.available) for s in chosen]
    units: list[dict[int, int]] = [{} for _ in chosen]
    for index, line in enumerate(demand.lines):
        for place, scored in enumerate(chosen):
            if scored.source.takes[index] and left[place][line.item] >= line.quantity:
                units[place][index] = line.quantity
                left[place][line.item] -= line.quantity
                break
        else:
            return None
    return units


def _cut(chosen: Sequence[Scored], demand: Demand) -> list[dict[int, int]]:
    """As many units as the set holds, each from the first location of the set that still has one."""
    left = [list(s.source.available) for s in chosen]
    units: list[dict[int, int]] = [{} for _ in chosen]
    for index, line in enumerate(demand.lines):
        wanted = line.quantity
        for place, scored in enumerate(chosen):
            taken = min(wanted, left[place][line.item]) if scored.source.takes[index] else 0
            if taken:
                units[place][index] = taken
                left[place][line.item] -= taken
                wanted -= taken
    return units


def _rank(allotment: Allotment, strategy: Strategy) -> tuple[Any, ...]:
    return (allotment.uncovered, allotment.outside, allotment.bid.parcels, strategy.key(allotment.bid))


def _chain_rank(code: str, chain: tuple[str, ...]) -> int:
    return chain.index(code) if code in chain else len(chain)
