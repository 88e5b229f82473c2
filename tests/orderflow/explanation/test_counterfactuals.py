"""A stated change flips the winner, and a cent, a day or a unit less does not: tried on random orders and shops.

Every location lies in a zone of its own, so that a rate or the days of one location can be changed alone.
"""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from routing_values import CENTRAL, EAST, EVERYONE, facts, line, order, routing

from orderflow.decision import Decision
from orderflow.explanation.counterfactual import Change, ways_to_lose, ways_to_win
from orderflow.facts import RoutingFacts
from orderflow.inventory import Outlook, StockLevel, StockView
from orderflow.routing import decide
from orderflow.rules.rule_set import RuleSet
from orderflow.shipping.rate import ShippingSpeed
from orderflow.shipping.rate_card import RateCard, ServiceRates, Zone
from orderflow.sourcing.strategies import strategies

NEAR_TO_FAR = ("warehouse_east", "threepl_ohio", "warehouse_central", "supplier_texas", "warehouse_west")
RINGS = (600, 1500, 2100, 3000, 20_000)
SKUS = ("SKU123", "SKU456")
CODES = tuple(place.code for place in EVERYONE)


def card_of(prices: tuple[int, ...], days: tuple[int, ...]) -> RateCard:
    """One service whose price in cents is the same for every weight, with a zone for each location."""
    zones = tuple(Zone(to_km=km, name=code) for km, code in zip(RINGS, NEAR_TO_FAR, strict=True))
    ground = ServiceRates(
        carrier="usps",
        service="ground",
        speed=ShippingSpeed.STANDARD,
        base=tuple(Decimal(cents) / 100 for cents in prices),
        per_step=(Decimal(0),) * 5,
        days=days,
    )
    return RateCard(currency="USD", zones=zones, services=(ground,))


lines = st.lists(st.tuples(st.sampled_from(SKUS), st.integers(1, 3)), min_size=1, max_size=3)
outlooks = st.none() | st.builds(Outlook, units=st.integers(0, 6), detour_minor=st.integers(0, 400))
shelf = st.tuples(st.integers(0, 6), outlooks)
shelves = st.dictionaries(st.tuples(st.sampled_from(CODES), st.sampled_from(SKUS)), shelf)
policies = st.builds(
    routing,
    strategy=st.sampled_from(sorted(strategies())),
    max_shipments=st.integers(1, 3),
    unfilled=st.sampled_from(["backorder", "split", "third_party"]),
    fallback_chain=st.lists(st.sampled_from(CODES), max_size=3, unique=True).map(tuple),
    primary_location=st.sampled_from(["", *CODES]),
)
prices = st.tuples(*[st.integers(1, 900)] * 5)
days = st.tuples(*[st.integers(0, 9)] * 5)
asked = st.sampled_from(["", *CODES])


@st.composite
def worlds(draw) -> tuple[RoutingFacts, RuleSet]:
    """A random order in a random shop, and rules that ask for one location or for none."""
    wanted, held, policy = draw(lines), draw(shelves), draw(policies)
    ordered = [line(n, sku, units) for n, (sku, units) in enumerate(wanted, start=1)]
    levels = [
        StockLevel(location=code, sku=sku, on_hand=units, outlook=outlook)
        for (code, sku), (units, outlook) in held.items()
    ]
    here = facts(order(*ordered), StockView(levels), locations=EVERYONE, policy=policy)
    return replace(here, rate_card=card_of(draw(prices), draw(days))), rules(draw(asked))


def rules(code: str) -> RuleSet:
    asking = [{"id": "r", "actions": {"warehouse": code}}] if code else []
    return RuleSet.model_validate({"rules": asking})


def stocked(here: RoutingFacts, code: str, sku: str, more: int) -> RoutingFacts:
    """The same facts with so many units more (or fewer) at one location."""
    levels = {(s.location, s.sku): s for s in here.stock.levels()}
    before = levels.get((code, sku)) or StockLevel(location=code, sku=sku, on_hand=0)
    levels[code, sku] = before.model_copy(update={"on_hand": before.on_hand + more})
    return replace(here, stock=StockView(levels.values()))


def with_units(here: RoutingFacts, change: Change, sign: int, spare: int | None = None) -> RoutingFacts:
    """The units of the change added or taken; of the one numbered `spare` one unit less."""
    for number, units in enumerate(change.units):
        here = stocked(here, change.location, units.sku, sign * (units.quantity - (number == spare)))
    return here


def priced(here: RoutingFacts, code: str, cents: int) -> RoutingFacts:
    service, zone = here.rate_card.services[0], NEAR_TO_FAR.index(code)
    base = tuple(Decimal(cents) / 100 if i == zone else price for i, price in enumerate(service.base))
    changed = service.model_copy(update={"base": base})
    return replace(here, rate_card=here.rate_card.model_copy(update={"services": (changed,)}))


def timed(here: RoutingFacts, code: str, transit: int) -> RoutingFacts:
    service, zone = here.rate_card.services[0], NEAR_TO_FAR.index(code)
    days = tuple(transit if i == zone else count for i, count in enumerate(service.days))
    changed = service.model_copy(update={"days": days})
    return replace(here, rate_card=here.rate_card.model_copy(update={"services": (changed,)}))


def alone(decision: Decision) -> str:
    """The one location that ships everything, or nobody."""
    codes = {shipment.location for shipment in decision.plan.shipments}
    return codes.pop() if len(codes) == 1 and not decision.plan.backordered else ""


def arrival(decision: Decision, code: str):
    return next(c.whole.arrives for c in decision.plan.candidates if c.location == code)


def check_arrivals(here: RoutingFacts, rule_set: RuleSet, change: Change, *, wins: bool) -> None:
    """With every number of days in transit the location wins exactly on the stated side of the stated day."""
    for transit in range(12):
        tried = decide(timed(here, change.location, transit), rule_set)
        in_time = arrival(tried, change.location) <= change.arrives
        early_enough = in_time if wins else arrival(tried, change.location) < change.arrives
        assert (alone(tried) == change.location) == early_enough


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_a_loser_wins_with_the_stated_change_and_with_nothing_less(world):
    here, rule_set = world
    decision = decide(here, rule_set)
    for candidate in decision.plan.candidates:
        for change in ways_to_win(decision, candidate):
            supplied, code = with_units(here, change, +1), candidate.location
            if change.rate_minor is not None:
                assert alone(decide(priced(supplied, code, change.rate_minor), rule_set)) == code
                assert alone(decide(priced(supplied, code, change.rate_minor + 1), rule_set)) != code
            elif change.arrives is not None:
                check_arrivals(supplied, rule_set, change, wins=True)
            else:
                asks = rules(code) if change.ruled else rule_set
                assert alone(decide(supplied, asks)) == code
                for spare in range(len(change.units)):
                    assert alone(decide(with_units(here, change, +1, spare), asks)) != code


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_the_winner_loses_with_the_stated_change_and_with_nothing_less(world):
    here, rule_set = world
    decision = decide(here, rule_set)
    for candidate in decision.plan.candidates:
        for change in ways_to_lose(decision, candidate):
            code = candidate.location
            if change.rate_minor is not None:
                assert alone(decide(priced(here, code, change.rate_minor), rule_set)) != code
                assert alone(decide(priced(here, code, change.rate_minor - 1), rule_set)) == code
            elif change.arrives is not None:
                check_arrivals(here, rule_set, change, wins=False)
            else:
                assert alone(decide(with_units(here, change, -1), rule_set)) != code
                assert alone(decide(with_units(here, change, -1, 0), rule_set)) == code


def test_under_bid_prices_a_winner_loses_before_it_runs_out():
    scarce = StockLevel(location=EAST.code, sku="SKU123", on_hand=9, outlook=Outlook(units=6, detour_minor=900))
    held = StockView([scarce, StockLevel(location=CENTRAL.code, sku="SKU123", on_hand=9)])
    here = facts(order(line(1, "SKU123")), held, policy=routing(strategy="bid_price"))
    decision = decide(here, RuleSet())
    winner = next(c for c in decision.plan.candidates if c.chosen)
    fewer = ways_to_lose(decision, winner)[0].units[0].quantity
    assert 1 < fewer < 9
    assert alone(decide(stocked(here, EAST.code, "SKU123", -fewer), RuleSet())) == CENTRAL.code
    assert alone(decide(stocked(here, EAST.code, "SKU123", 1 - fewer), RuleSet())) == EAST.code
