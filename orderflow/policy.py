"""The settings of a shop that decide beside its rules: weights, chains, limits and modes."""

import hashlib
import json
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from orderflow.money import Money
from orderflow.shipping.rate import ShippingSpeed
from orderflow.value import Value


class BackorderMode(StrEnum):
    """What happens to units nobody has: the three modes every shop knows."""

    DENY = "do_not_allow"
    NOTIFY = "allow_notify"
    SILENT = "allow_silent"


class UnfilledPolicy(StrEnum):
    """Where units go that no own location can ship."""

    BACKORDER = "backorder"
    SPLIT = "split"
    THIRD_PARTY = "third_party"


class ScoreWeights(Value):
    """Points of the weighted score; each factor is explained in sourcing/scoring.py."""

    in_stock: float = 50
    out_of_stock: float = -100
    meets_speed: float = 50
    cost_per_currency_unit: float = -1.0
    utilization: float = -30
    stale_stock: float = -10


class FullLocations(StrEnum):
    """What becomes of an order whose location has no capacity left for its working day."""

    ELSEWHERE = "elsewhere"
    WAIT = "wait"


class ApprovalPolicy(Value):
    """Which orders wait for a person after routing, with their stock reserved, and whose word lets them pass.

    `limit` is for orders of its own currency, `other_limits` for those of others; an order of a currency without any is
    held because nobody can compare. From `second_limit` on two different people must approve. Without `approvers`
    everybody may. An approved order asks again where shipping costs more than was approved by over
    `price_tolerance_percent`. After `expires_after_hours` nobody's answer frees the stock; None waits for ever.
    """

    limit: Money | None = Money.of(500, "USD")
    other_limits: tuple[Money, ...] = ()
    second_limit: Money | None = None
    international: bool = True
    vip_tiers: tuple[str, ...] = ("VIP",)
    complex_plan: bool = True
    approvers: tuple[str, ...] = ()
    price_tolerance_percent: Decimal = Field(default=Decimal(10), ge=0)
    expires_after_hours: int | None = Field(default=48, ge=1)

    def limit_in(self, currency: str) -> Money | None:
        """The limit for orders of this currency; None where there is none of it."""
        limits = (self.limit, *self.other_limits)
        return next((limit for limit in limits if limit and limit.currency == currency), None)


class RoutingPolicy(Value):
    """Everything sourcing is told besides the order, the stock and the rates.

    `fallback_chain` is an order of preference, not a fence: after it every other location is still a candidate.
    `strategy` names a module of sourcing/strategies. A split needs at least `split_minimum_value` where it is set. An
    order one location could ship whole is split only if that saves `split_saves_money` or `split_saves_days`, and
    never where neither is set. `replenishment_days` is how long stock that runs out usually stays out.
    """

    home_country: str = "US"
    primary_location: str = ""
    strategy: str = "weighted_score"
    fallback_chain: tuple[str, ...] = ()
    weights: ScoreWeights = ScoreWeights()
    max_shipments: int = Field(default=3, ge=1)
    split_minimum_value: Money | None = None
    split_saves_money: Money | None = None
    split_saves_days: int | None = Field(default=None, ge=1)
    replenishment_days: int = Field(default=14, ge=1)
    line_first: bool = False
    backorders: BackorderMode = BackorderMode.NOTIFY
    unfilled: UnfilledPolicy = UnfilledPolicy.BACKORDER
    default_speed: ShippingSpeed = ShippingSpeed.STANDARD
    speed_days: dict[ShippingSpeed, int] = {
        ShippingSpeed.OVERNIGHT: 1,
        ShippingSpeed.EXPEDITED: 2,
        ShippingSpeed.STANDARD: 5,
        ShippingSpeed.ECONOMY: 8,
    }
    approval: ApprovalPolicy = ApprovalPolicy()
    full_locations: FullLocations = FullLocations.ELSEWHERE
    stale_after_minutes: int = 60
    customs_ready: bool = False


def content_hash(value: Value) -> str:
    """The name of a version: sha256 of the value's canonical JSON, so equal content has equal name."""
    canonical = json.dumps(value.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
