"""Everything one decision may know besides the order itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from orderflow.inventory import StockView
from orderflow.location import StockLocation
from orderflow.order import Order
from orderflow.policy import RoutingPolicy
from orderflow.rulings.ruling import Rulings
from orderflow.shipping.rate_card import RateCard

NOTHING_RULED = Rulings()


@dataclass(frozen=True)
class RoutingFacts:
    """One order and the world it is decided in; the decision reads nothing else.

    `known_skus` holds (sku, variant) of everything the shop sells; `load` is the orders each location has
    for its working day already.
    `street_required` is false for channels that hand out addresses without a street.
    `address_problem` is what the address check found, empty where it found nothing: (field, what is wrong).
    `previous` names the locations of an earlier decision, which stays as it was while they can ship the order.
    `rulings` is what people have said about the order before: approvals, overrides, rejections by locations.
    `arm` is what an experiment gave the order, like "autumn/a", empty without one; it only names the policy's strategy.
    """

    order: Order
    stock: StockView
    locations: Mapping[str, StockLocation]
    policy: RoutingPolicy
    rate_card: RateCard
    now: datetime
    known_skus: frozenset[tuple[str, str]] = frozenset()
    load: Mapping[str, int] = field(default_factory=dict)
    address_problem: tuple[str, str] | None = None
    street_required: bool = True
    previous: tuple[str, ...] = ()
    rulings: Rulings = NOTHING_RULED
    arm: str = ""
