"""Everything the attempts of one order share, worked out once."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from orderflow.decision import Attempt, Choice
from orderflow.facts import RoutingFacts
from orderflow.policy import UnfilledPolicy
from orderflow.rules.actions import Actions
from orderflow.shipping.speed import due_day, service_wish
from orderflow.shipping.time_zones import zone_at
from orderflow.sourcing.allotment import Allotment, Search
from orderflow.sourcing.candidates import Fence, Viewpoint, for_own_products, sources_of
from orderflow.sourcing.demand import Demand, demand_of
from orderflow.sourcing.scoring import Measure, Scored, scored
from orderflow.sourcing.source import Source
from orderflow.sourcing.strategies import Strategy, strategy_named


@dataclass(frozen=True, slots=True)
class Problem:
    """One order's sourcing: `everyone` may take any product, in `own` outsiders take only what is fixed to them.

    `today` is the date where the order goes, `due` the day it should arrive there; `chain` is the shop's order of
    preference, the primary location first.
    """

    facts: RoutingFacts
    actions: Actions
    fence: Fence
    demand: Demand
    strategy: Strategy
    everyone: tuple[Scored, ...]
    own: tuple[Scored, ...]
    limit: int
    today: date
    due: date
    chain: tuple[str, ...]

    @property
    def uses_outsiders(self) -> bool:
        """Whether the policy sends to a 3PL or drop-shipper what no own location can ship."""
        return self.facts.policy.unfilled is not UnfilledPolicy.BACKORDER

    @property
    def currency(self) -> str:
        """The currency of the rate card, and so of every estimated cost."""
        return self.facts.rate_card.currency

    def named(self, code: str) -> Scored | None:
        """The location of this code as it may take any product, or None."""
        return next((s for s in self.everyone if s.source.code == code), None)

    def search(
        self,
        *,
        cuts_lines: bool,
        limit: int | None = None,
        strategy: Strategy | None = None,
        fewest_parcels: bool = True,
    ) -> Search:
        """A search over this order's demand, with its own strategy and limit unless others are given."""
        judge = strategy or self.strategy
        return Search(self.demand, judge, self.chain, limit or self.limit, cuts_lines, fewest_parcels)


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt as it is told, and the way to ship it found, if any, with who chose it."""

    attempt: Attempt
    allotment: Allotment | None = None
    choice: Choice = Choice.NONE


def problem_for(facts: RoutingFacts, actions: Actions, fence: Fence) -> Problem:
    """The sourcing problem of an order under what the rules ask."""
    demand, wish = demand_of(facts.order), service_wish(facts, actions)
    measure = Measure(facts.policy.weights, demand.units, due_day(facts, wish), facts.rate_card.currency)
    strategy = strategy_named(actions.strategy or facts.policy.strategy)
    everyone = scored(sources_of(Viewpoint(facts, demand, wish, fence, strategy.prices_units, {})), demand, measure)
    return Problem(
        facts=facts,
        actions=actions,
        fence=fence,
        demand=demand,
        strategy=strategy,
        everyone=everyone,
        own=everyone if fence.forced else _with_own_products(everyone, demand),
        limit=_most_shipments(facts, demand),
        due=measure.due,
        today=facts.now.astimezone(ZoneInfo(zone_at(facts.order.destination))).date(),
        chain=(*filter(None, [facts.policy.primary_location]), *facts.policy.fallback_chain),
    )


def _with_own_products(everyone: tuple[Scored, ...], demand: Demand) -> tuple[Scored, ...]:
    narrowed = for_own_products((s.source for s in everyone), demand)
    return tuple(_covering(s, source, demand) for s, source in zip(everyone, narrowed, strict=True))


def _covering(scored: Scored, source: Source, demand: Demand) -> Scored:
    if source is scored.source:
        return scored
    units = source.allocate(demand, demand.wanted)
    return scored._replace(source=source, units=units, covers=sum(units.values()))


def _most_shipments(facts: RoutingFacts, demand: Demand) -> int:
    """How many shipments the order may become.

    One where it is not worth splitting; products fixed to different places force as many as there are places.
    """
    places = {"" if line.fulfilled_by in ("own", "warehouse") else line.fulfilled_by for line in demand.lines}
    minimum, total = facts.policy.split_minimum_value, facts.order.total
    comparable = minimum is not None and minimum.currency == total.currency
    worth_it = not comparable or minimum <= total
    return max(facts.policy.max_shipments if worth_it else 1, len(places))
