"""The record of one decision: where an order ships from, and why not from anywhere else."""

from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime, Field

from orderflow.holds import Hold
from orderflow.inventory import StockLevel
from orderflow.location import LocationKind
from orderflow.money import Money
from orderflow.policy import ScoreWeights
from orderflow.shipping.rate import ShippingSpeed
from orderflow.value import Value


class Outcome(StrEnum):
    """What is to happen next; each is an expected result, none is an error."""

    SHIP = "ship"
    BACKORDER = "backorder"
    HOLD = "hold"


class Choice(StrEnum):
    """Who or what chose the locations of a plan: NONE where nothing ships."""

    NONE = "none"
    PERSON = "person"
    BEFORE = "earlier decision"
    RULE = "rule"
    CHAIN = "fallback chain"
    STRATEGY = "strategy"
    SPLIT = "split"
    LINES = "line by line"


class ScorePart(Value):
    """One factor of a candidate's score: the points and the fact they come from, in words."""

    factor: str
    points: float
    fact: str


class PlannedLine(Value):
    """How many units of one order line a shipment or a backorder takes, or a location lacks."""

    line_no: int
    sku: str
    variant: str = ""
    quantity: int = Field(gt=0)


class WholeOrder(Value):
    """What shipping every unit from one location would be, whether or not it holds them: what strategies compare.

    Costs are in minor units of the rate card's currency, `later_cost_minor` those of later orders by the bid prices of
    the units; None is not known. `missing` is what it lacks, by SKU and variant.
    """

    parcels: int = 1
    cost_minor: int | None = None
    later_cost_minor: float = 0.0
    arrives: date | None = None
    distance_km: float | None = None
    missing: tuple[PlannedLine, ...] = ()


class Candidate(Value):
    """One location that was considered for the order.

    `covers` counts the units it could ship of the order's units; `lost_because` is empty for a chosen location.
    Cost and days are those of shipping what it covers from there, None where nothing can ship. `barred` says that the
    location may not ship this order at all, whatever it holds; `last_resort` that it is asked only for what own
    locations cannot ship.
    """

    location: str
    score: float
    parts: tuple[ScorePart, ...] = ()
    covers: int = 0
    cost: Money | None = None
    days: int | None = None
    chosen: bool = False
    lost_because: str = ""
    barred: bool = False
    last_resort: bool = False
    whole: WholeOrder = WholeOrder()


class PlannedShipment(Value):
    """One parcel to be sent from one location. Cost and days are estimates; the label tells the truth."""

    number: int = Field(ge=1)
    location: str
    source: LocationKind
    lines: tuple[PlannedLine, ...]
    weight_grams: int
    speed: ShippingSpeed
    estimated_cost: Money | None = None
    estimated_days: int | None = None
    promised_from: AwareDatetime | None = None
    promised_to: AwareDatetime | None = None


class Attempt(Value):
    """One step of the order of attempts: what was tried and what came of it."""

    tried: str
    result: str


class Alternative(Value):
    """One way the order could go, priced: what it costs, when its last parcel arrives, and how it compares.

    `units` ship now; `days` are calendar days from the decision. `verdict` is empty for the chosen way.
    """

    way: str
    locations: tuple[str, ...]
    units: int
    cost: Money | None = None
    days: int | None = None
    verdict: str = ""


class RuleMatch(Value):
    """A rule that applied, with the branch taken ("then" or "else") and the actions it brought."""

    rule_id: str
    name: str = ""
    branch: str = "then"
    actions: dict[str, object] = {}


class Terms(Value):
    """What a plan was chosen by: the strategy that compared the candidates, and who had the last word.

    `asked` is the location a rule asked for, `previous` those of an earlier decision; `due` is the day the order should
    arrive, `currency` and `weights` are those of rates and points. `may_split_further` says that a saving could still
    split an order one location can ship.
    """

    strategy: str
    chosen_by: Choice
    asked: str = ""
    previous: tuple[str, ...] = ()
    primary: str = ""
    fallback_chain: tuple[str, ...] = ()
    due: date
    currency: str
    weights: ScoreWeights
    may_split_further: bool = False

    @property
    def chain(self) -> tuple[str, ...]:
        """The shop's order of preference, the primary location first."""
        return (*filter(None, [self.primary]), *self.fallback_chain)


class SourcingPlan(Value):
    """Which units ship from where, which wait, and what every candidate and every alternative looked like."""

    shipments: tuple[PlannedShipment, ...] = ()
    backordered: tuple[PlannedLine, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    terms: Terms | None = None

    @property
    def cost(self) -> Money | None:
        """The estimated cost of all shipments together."""
        costs = [s.estimated_cost for s in self.shipments if s.estimated_cost]
        return sum(costs[1:], start=costs[0]) if costs else None


class Decision(Value):
    """Everything needed to explain the decision later and to make it again from the same facts.

    `route_score` is out of ten and `confidence` from 0 to 1; both can be recomputed from `plan.candidates`.
    `rule_set_hash`, `policy_hash` and `code_version` name what decided; `stock` is what it saw. `arm` names the
    experiment and the order's part in it ("autumn/a"), empty without one.
    """

    source: str
    external_id: str
    outcome: Outcome
    reason: str
    plan: SourcingPlan = SourcingPlan()
    hold: Hold | None = None
    rules: tuple[RuleMatch, ...] = ()
    actions: dict[str, object] = {}
    stock: tuple[StockLevel, ...] = ()
    route_score: float | None = None
    confidence: float | None = None
    arm: str = ""
    rule_set_hash: str = ""
    policy_hash: str = ""
    code_version: str = ""
    decided_at: AwareDatetime
