"""The best way to share an order over several locations, found by looking at every way that could be it.

1. For every line put the locations in order: own before outside ones, then by what the line adds to the cost of a
   parcel that goes anyway (its weight, and the bid prices of its units where the strategy asks for them).
2. For every number of locations, fewest first, look at every set of so many.
3. Inside a set every line goes to the first location in its order that holds it whole. If lines may be cut, every unit
   comes from the first location that has it.
4. The set that leaves the fewest units over wins, then the one that needs the fewest outside units, then, where the
   search asks for it, the fewest parcels, then the strategy decides. Larger sets are not looked at once fewer
   locations cover everything without outsiders, if parcels come first.
5. A set is passed over unseen where it would lose even with the lowest price and the best points it could have.

The result is exact where prices grow evenly with weight and no two lines are of one product; a card of weight steps
can cost at most one step a parcel more. More than POOL_LIMIT locations are cut to those holding most of the order, and
the result says so.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from orderflow.sourcing.allotment import Allotment, Search, allotment_of, chain_rank
from orderflow.sourcing.bid import UNKNOWN, Bid
from orderflow.sourcing.demand import Demand, LineNeed
from orderflow.sourcing.scoring import Scored
from orderflow.sourcing.source import Source

POOL_LIMIT = 12


class Found(NamedTuple):
    """The best allotment, and how many locations were not looked at to keep it quick."""

    best: Allotment | None
    left_out: int


class _Member(NamedTuple):
    """A location of the pool with the least its share of any bid can be."""

    scored: Scored
    least_cost: int
    distance_km: float
    chain_rank: int


class _Pool(NamedTuple):
    """The locations; for every line the order in which they are asked, and those of them that hold it whole."""

    members: list[_Member]
    orders: list[list[int]]
    holders: list[list[int]]


def best_split(pool: Sequence[Scored], search: Search, *, from_size: int = 1) -> Found:
    """The best way to share the order over at most `search.limit` locations; None where there is none at all."""
    able = sorted((s for s in pool if s.covers), key=lambda s: (-s.covers, s.source.is_outside, s.source.code))
    asked = _pool(able[:POOL_LIMIT], search)
    best = None
    for size in range(from_size, min(search.limit, len(asked.members)) + 1):
        if best and _least(_ideal(asked, size), search) > _rank(best, search):
            break
        for allotment in _allotments(asked, search, size, best):
            if best is None or _rank(allotment, search) < _rank(best, search):
                best = allotment
        if search.fewest_parcels and best and best.covers_all and not best.outside:
            break
    return Found(best, len(able) - len(asked.members))


def _pool(kept: Sequence[Scored], search: Search) -> _Pool:
    members = [
        _Member(
            scored=s,
            least_cost=s.source.tariff.least_minor,
            distance_km=UNKNOWN if s.source.distance_km is None else s.source.distance_km,
            chain_rank=chain_rank(s.source.code, search.chain),
        )
        for s in kept
    ]
    lines = search.demand.lines
    orders = [_asking_order(kept, line) for line in lines]
    return _Pool(members, orders, [_holders(kept, orders[i], i, line) for i, line in enumerate(lines)])


def _holders(kept: Sequence[Scored], order: Sequence[int], index: int, line: LineNeed) -> list[int]:
    """The places that take this line and hold it whole, in the order they are asked."""
    return [place for place in order if _holds(kept[place].source, index, line)]


def _holds(source: Source, index: int, line: LineNeed) -> bool:
    return source.takes[index] and source.available[line.item] >= line.quantity


def _asking_order(kept: Sequence[Scored], line: LineNeed) -> list[int]:
    def added(place: int) -> tuple[Any, ...]:
        source = kept[place].source
        cost = source.tariff.further_minor(line.weight_grams) + source.unit_prices[line.item]
        return (source.is_outside, round(cost, 6), source.code)

    return sorted(range(len(kept)), key=added)


def _allotments(pool: _Pool, search: Search, size: int, best: Allotment | None) -> Iterator[Allotment]:
    """What each set of this size ships, without the sets that cannot win any more."""
    place_units = _cut if search.cuts_lines else _whole_lines
    best_rank = _rank(best, search) if best else None
    for chosen in combinations(range(len(pool.members)), size):
        if best_rank and _least([pool.members[i] for i in chosen], search) > best_rank:
            continue
        units = place_units(pool, chosen, search.demand)
        if units is None or not all(units.values()):
            continue
        allotment = allotment_of([(pool.members[i].scored, taken) for i, taken in units.items()], search)
        rank = _rank(allotment, search)
        if best_rank is None or rank < best_rank:
            best_rank = rank
            yield allotment


def _least(members: Sequence[_Member], search: Search) -> tuple[Any, ...]:
    """A rank no allotment over these members can be below."""
    bid = Bid(
        parcels=len(members),
        cost=sum([m.least_cost for m in members]),
        arrival=0,
        distance_km=sum([m.distance_km for m in members]),
        points=max([m.scored.points for m in members]),
        chain_rank=sum([m.chain_rank for m in members]),
        codes=("",) * len(members),
    )
    return (0, 0, bid.parcels if search.fewest_parcels else 0, search.strategy.key(bid))


def _ideal(pool: _Pool, size: int) -> list[_Member]:
    """So many members, each the best of the whole pool in every respect."""
    members = pool.members
    ideal = _Member(
        scored=max((m.scored for m in members), key=lambda s: s.points),
        least_cost=0,
        distance_km=min(m.distance_km for m in members),
        chain_rank=min(m.chain_rank for m in members),
    )
    return [ideal._replace(least_cost=cost) for cost in sorted(m.least_cost for m in members)[:size]]


def _whole_lines(pool: _Pool, chosen: Sequence[int], demand: Demand) -> dict[int, dict[int, int]] | None:
    """Every line at one location of the set, or None if some line fits nowhere whole."""
    units: dict[int, dict[int, int]] = {i: {} for i in chosen}
    for index, line in enumerate(demand.lines):
        for place in pool.holders[index]:
            if place in units and _still_holds(pool, place, units[place], demand, line):
                units[place][index] = line.quantity
                break
        else:
            return None
    return units


def _still_holds(pool: _Pool, place: int, taken: dict[int, int], demand: Demand, line: LineNeed) -> bool:
    """Whether what lines of the same product took leaves enough for this one, which the location held whole."""
    gone = sum([count for i, count in taken.items() if demand.lines[i].item == line.item])
    return not gone or pool.members[place].scored.source.available[line.item] - gone >= line.quantity


def _cut(pool: _Pool, chosen: Sequence[int], demand: Demand) -> dict[int, dict[int, int]]:
    """As many units as the set holds, each from the first location of the set that still has one."""
    left = {i: list(pool.members[i].scored.source.available) for i in chosen}
    units: dict[int, dict[int, int]] = {i: {} for i in chosen}
    for index, line in enumerate(demand.lines):
        wanted = line.quantity
        for place in pool.orders[index]:
            if not wanted:
                break
            if place in left and pool.members[place].scored.source.takes[index]:
                taken = min(wanted, left[place][line.item])
                if taken:
                    units[place][index] = taken
                    left[place][line.item] -= taken
                    wanted -= taken
    return units


def _rank(allotment: Allotment, search: Search) -> tuple[Any, ...]:
    parcels = allotment.bid.parcels if search.fewest_parcels else 0
    return (allotment.uncovered, allotment.outside, parcels, search.strategy.key(allotment.bid))
