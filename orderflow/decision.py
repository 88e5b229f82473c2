"""The record of one decision: where an order ships from, and why not from anywhere else."""

from enum import StrEnum

from pydantic import AwareDatetime, Field

from orderflow.holds import Hold
from orderflow.inventory import StockLevel
from orderflow.location import LocationKind
from orderflow.money import Money
from orderflow.shipping.rate import ShippingSpeed
from orderflow.value import Value


class Outcome(StrEnum):
    """What is to happen next; each is an expected result, none is an error."""

    SHIP = "ship"
    BACKORDER = "backorder"
    HOLD = "hold"


class ScorePart(Value):
    """One factor of a candidate's score: the points and the fact they come from, in words."""

    factor: str
    points: float
    fact: str


class Candidate(Value):
    """One location that was considered for the order.

    `covers` counts the units it could ship of the order's units; `lost_because` is empty for a chosen location.
    Cost and days are those of shipping what it covers from there, None where nothing can ship.
    """

    location: str
    score: float
    parts: tuple[ScorePart, ...] = ()
    covers: int = 0
    cost: Money | None = None
    days: int | None = None
    chosen: bool = False
    lost_because: str = ""


class PlannedLine(Value):
    """How many units of one order line a shipment or a backorder takes."""

    line_no: int
    sku: str
    variant: str = ""
    quantity: int = Field(gt=0)


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


class RuleMatch(Value):
    """A rule that applied, with the branch taken ("then" or "else") and the actions it brought."""

    rule_id: str
    name: str = ""
    branch: str = "then"
    actions: dict[str, object] = {}


class SourcingPlan(Value):
    """Which units ship from where, which wait, and what every candidate looked like."""

    shipments: tuple[PlannedShipment, ...] = ()
    backordered: tuple[PlannedLine, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    attempts: tuple[Attempt, ...] = ()

    @property
    def cost(self) -> Money | None:
        """The estimated cost of all shipments together."""
        costs = [s.estimated_cost for s in self.shipments if s.estimated_cost]
        return sum(costs[1:], start=costs[0]) if costs else None


class Decision(Value):
    """Everything needed to explain the decision later and to make it again from the same facts.

    `route_score` is out of ten and `confidence` from 0 to 1; both can be recomputed from `plan.candidates`.
    `rule_set_hash`, `policy_hash` and `code_version` name what decided; `stock` is what it saw.
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
    rule_set_hash: str = ""
    policy_hash: str = ""
    code_version: str = ""
    decided_at: AwareDatetime
