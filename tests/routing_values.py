"""A small shop to decide orders in: three warehouses, a 3PL, a drop-shipper, a rate card and an order from Boston."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from orderflow.address import Address
from orderflow.decision import SourcingPlan
from orderflow.facts import RoutingFacts
from orderflow.inventory import StockLevel, StockView
from orderflow.location import LocationKind, StockLocation
from orderflow.money import Money
from orderflow.order import Order, OrderLine, PaymentStatus
from orderflow.policy import ApprovalPolicy, RoutingPolicy
from orderflow.rules.actions import Actions
from orderflow.shipping.rate import ShippingSpeed
from orderflow.shipping.rate_card import RateCard, ServiceRates, Zone
from orderflow.sourcing.plan import source_order

NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)  # a Tuesday, 11:00 in New York and 8:00 in Los Angeles
BOSTON = Address(
    line1="1 Main St", city="Boston", region="MA", postal_code="02110", country="US", latitude=42.36, longitude=-71.06
)
SAN_DIEGO = Address(
    line1="2 Bay St",
    city="San Diego",
    region="CA",
    postal_code="92101",
    country="US",
    latitude=32.72,
    longitude=-117.16,
)
TORONTO = Address(
    line1="3 King St",
    city="Toronto",
    region="ON",
    postal_code="M5H 1A1",
    country="CA",
    latitude=43.65,
    longitude=-79.38,
)


def place(code: str, latitude: float, longitude: float, timezone: str, **changes: Any) -> StockLocation:
    address = Address(line1="1 Dock Rd", city="Town", country="US", latitude=latitude, longitude=longitude)
    return StockLocation(**{"code": code, "address": address, "timezone": timezone, "cutoff": time(14)} | changes)


EAST = place("warehouse_east", 40.73, -74.17, "America/New_York")
CENTRAL = place("warehouse_central", 39.10, -94.58, "America/Chicago")
WEST = place("warehouse_west", 34.05, -118.24, "America/Los_Angeles")
PARTNER = place("threepl_ohio", 39.96, -83.00, "America/New_York", kind=LocationKind.THIRD_PARTY)
SUPPLIER = place("supplier_texas", 32.78, -96.80, "America/Chicago", kind=LocationKind.DROP_SHIP)
OWN = (EAST, CENTRAL, WEST)
EVERYONE = (*OWN, PARTNER, SUPPLIER)


def service(
    carrier: str, speed: ShippingSpeed, prices: tuple[str, str, str], days: tuple[int, int, int], **changes: Any
) -> ServiceRates:
    """One service with a price per zone and half a currency unit for every further 500 g."""
    return ServiceRates(
        **{
            "carrier": carrier,
            "service": str(speed),
            "speed": speed,
            "step_grams": 500,
            "base": tuple(map(Decimal, prices)),
            "per_step": (Decimal("0.50"),) * 3,
            "days": days,
        }
        | changes
    )


GROUND = service("usps", ShippingSpeed.STANDARD, ("5", "8", "11"), (2, 3, 4))
EXPRESS = service("ups", ShippingSpeed.EXPEDITED, ("15", "18", "22"), (2, 2, 2))
ABROAD = service("dhl", ShippingSpeed.STANDARD, ("30", "30", "30"), (5, 5, 5), international=True)


def card(*services: ServiceRates) -> RateCard:
    zones = (Zone(to_km=600, name="near"), Zone(to_km=2500, name="middle"), Zone(to_km=20_000, name="far"))
    return RateCard(currency="USD", zones=zones, services=services or (GROUND, EXPRESS, ABROAD))


CARD = card()
NO_APPROVAL = ApprovalPolicy(limit=None, international=False, vip_tiers=(), complex_plan=False)


def line(number: int, sku: str, quantity: int = 1, **changes: Any) -> OrderLine:
    price = Money.of(10, "USD")
    known = {"line_no": number, "line_id": f"L{number}", "sku": sku, "quantity": quantity, "unit_price": price}
    return OrderLine(**{**known, "weight_grams": 500} | changes)


def order(*lines: OrderLine, **changes: Any) -> Order:
    known = {
        "source": "shopify",
        "external_id": "1001",
        "number": "#1001",
        "placed_at": NOW,
        "updated_at": NOW,
        "payment_status": PaymentStatus.PAID,
        "total": Money.of(100, "USD"),
        "destination": BOSTON,
        "lines": lines or (line(1, "SKU123"),),
    }
    return Order(**known | changes)


def level(location: StockLocation | str, sku: str, on_hand: int, **changes: Any) -> StockLevel:
    code = location if isinstance(location, str) else location.code
    return StockLevel(**{"location": code, "sku": sku, "on_hand": on_hand} | changes)


Held = Mapping[str, Mapping[str, int]]


def stock(held: Held) -> StockView:
    """The stock view of "the location of this code holds so many of these"."""
    return StockView(level(at, sku, units) for at, skus in held.items() for sku, units in skus.items())


def facts(
    order_: Order,
    held: Held | StockView,
    *,
    locations: Iterable[StockLocation] = OWN,
    policy: RoutingPolicy | None = None,
    **changes: Any,
) -> RoutingFacts:
    known = {
        "order": order_,
        "stock": held if isinstance(held, StockView) else stock(held),
        "locations": {location.code: location for location in locations},
        "policy": policy or RoutingPolicy(approval=NO_APPROVAL),
        "rate_card": CARD,
        "now": NOW,
    }
    return RoutingFacts(**known | changes)


def routing(**changes: Any) -> RoutingPolicy:
    """A policy without approvals, changed as said."""
    return RoutingPolicy(**{"approval": NO_APPROVAL} | changes)


def plan_of(facts_: RoutingFacts, **actions: Any) -> SourcingPlan:
    return source_order(facts_, Actions(**actions))


def shipped(plan: SourcingPlan) -> dict[str, dict[int, int]]:
    """Units by line, by location."""
    by_location: dict[str, dict[int, int]] = {}
    for shipment in plan.shipments:
        units = by_location.setdefault(shipment.location, {})
        for planned in shipment.lines:
            units[planned.line_no] = units.get(planned.line_no, 0) + planned.quantity
    return by_location


def waiting(plan: SourcingPlan) -> dict[int, int]:
    return {planned.line_no: planned.quantity for planned in plan.backordered}


def lost(plan: SourcingPlan, location: StockLocation) -> str:
    return next(c.lost_because for c in plan.candidates if c.location == location.code)


def points(plan: SourcingPlan, location: StockLocation, factor: str) -> float:
    """The points of one factor of one location's score."""
    candidate = next(c for c in plan.candidates if c.location == location.code)
    return next(part.points for part in candidate.parts if part.factor == factor)
