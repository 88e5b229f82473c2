"""One way to share an order over locations, with what it costs and the bid a strategy judges it by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from orderflow.sourcing.bid import UNKNOWN, Bid
from orderflow.sourcing.demand import Demand, Units
from orderflow.sourcing.scoring import Scored
from orderflow.sourcing.source import Cost, Source
from orderflow.sourcing.strategies import Strategy


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
    """What is searched for: the demand, who judges, how many locations at most, and whether lines may be cut.

    `fewest_parcels` puts fewer parcels before what the strategy prefers.
    """

    demand: Demand
    strategy: Strategy
    chain: tuple[str, ...]
    limit: int
    cuts_lines: bool
    fewest_parcels: bool = True


def allotment_of(shares: Sequence[tuple[Scored, Units]], search: Search) -> Allotment:
    """These shares as one way to ship, with its costs and its bid."""
    demand = search.demand
    costed = tuple([Share(s.source, units, _cost(s, units, demand)) for s, units in shares])
    counts = [sum(units.values()) for _, units in shares]
    shipped = sum(counts)
    bid = Bid(
        parcels=sum([s.cost.parcels for s in costed]),
        cost=sum([UNKNOWN if s.cost.minor is None else s.cost.minor for s in costed]),
        arrival=max([UNKNOWN if s.cost.arrival is None else s.cost.arrival.toordinal() for s in costed]),
        distance_km=sum([UNKNOWN if s.source.distance_km is None else s.source.distance_km for s in costed]),
        points=round(sum([s.points * n for (s, _), n in zip(shares, counts, strict=True)]) / shipped, 2),
        chain_rank=sum([chain_rank(s.source.code, search.chain) for s in costed]),
        codes=tuple(sorted([s.source.code for s in costed])),
        later_cost=sum([s.source.later_cost(demand, s.units) for s in costed]),
    )
    outside = sum([n for (s, _), n in zip(shares, counts, strict=True) if s.source.is_outside])
    return Allotment(costed, demand.units - shipped, outside, bid)


def whole_order(scored: Scored, search: Search) -> Allotment:
    """The whole order from one location, as if it held every unit."""
    source, demand = scored.source, search.demand
    minor, arrival, parcels = scored.cost
    bid = Bid(
        parcels=parcels,
        cost=UNKNOWN if minor is None else minor,
        arrival=UNKNOWN if arrival is None else arrival.toordinal(),
        distance_km=UNKNOWN if source.distance_km is None else source.distance_km,
        points=scored.points,
        chain_rank=chain_rank(source.code, search.chain),
        codes=(source.code,),
        later_cost=source.later_cost(demand, demand.wanted),
    )
    outside = demand.units if source.is_outside else 0
    return Allotment((Share(source, demand.wanted, scored.cost),), 0, outside, bid)


def chain_rank(code: str, chain: tuple[str, ...]) -> int:
    """The place in the chain counted from 0; its length for a location that is not in it."""
    return chain.index(code) if code in chain else len(chain)


def _cost(scored: Scored, units: Units, demand: Demand) -> Cost:
    return scored.cost if units == demand.wanted else scored.source.cost_of(demand, units)
