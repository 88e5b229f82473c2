"""What the tests of rules share."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orderflow.address import Address
from orderflow.facts import RoutingFacts
from orderflow.inventory import StockLevel, StockView
from orderflow.location import StockLocation
from orderflow.money import Money
from orderflow.order import Customer, Order, OrderLine
from orderflow.policy import RoutingPolicy
from orderflow.rules.rule_set import RuleSet
from orderflow.shipping.rate_card import RateCard

NOW = datetime(2024, 11, 5, 15, 0, tzinfo=UTC)
READY_RULES = Path(__file__).resolve().parents[3] / "deployments" / "policy" / "rules"

PLACES = {
    "warehouse_east": {"country": "US", "region": "NJ", "latitude": 40.7, "longitude": -74.1},
    "warehouse_west": {"country": "US", "region": "NV", "latitude": 39.5, "longitude": -119.8},
    "warehouse_la": {"country": "US", "region": "CA", "latitude": 34.0, "longitude": -118.2},
    "warehouse_central": {"country": "US", "region": "KS", "latitude": 39.1, "longitude": -94.6},
}

CARD = RateCard.model_validate(
    {
        "currency": "USD",
        "zones": [{"to_km": 500, "name": "near"}, {"to_km": 1e9, "name": "far"}],
        "services": [
            {
                "carrier": "usps",
                "service": "ground",
                "speed": "standard",
                "base": ["5", "9"],
                "per_step": ["1", "2"],
                "days": [2, 5],
            },
            {
                "carrier": "ups",
                "service": "air",
                "speed": "expedited",
                "base": ["15", "20"],
                "per_step": ["2", "3"],
                "days": [1, 2],
            },
        ],
    }
)


def a_line(
    line_no: int = 1, sku: str = "SKU123", *, price: str = "10", currency: str = "USD", **fields: Any
) -> OrderLine:
    defaults = {"line_id": str(line_no), "quantity": 1, "weight_grams": 400}
    return OrderLine(line_no=line_no, sku=sku, unit_price=Money.of(price, currency), **(defaults | fields))


def some_facts(
    *,
    total: str = "100",
    currency: str = "USD",
    customer: dict[str, Any] | None = None,
    destination: dict[str, Any] | None = None,
    lines: tuple[OrderLine, ...] | None = None,
    stock: dict[tuple[str, str], int] | None = None,
    places: dict[str, dict[str, Any]] | None = None,
    policy: dict[str, Any] | None = None,
    facts: dict[str, Any] | None = None,
    **order: Any,
) -> RoutingFacts:
    defaults = {"source": "shopify", "external_id": "1", "number": "1001", "placed_at": NOW, "updated_at": NOW}
    return RoutingFacts(
        order=Order(
            total=Money.of(Decimal(total), currency),
            customer=Customer(**(customer or {})),
            destination=Address(**({"country": "US", "region": "NY"} | (destination or {}))),
            lines=(a_line(),) if lines is None else lines,
            **(defaults | order),
        ),
        stock=StockView(
            StockLevel(location=location, sku=sku, on_hand=units, counted_at=NOW)
            for (location, sku), units in (stock or {}).items()
        ),
        locations={
            code: StockLocation.model_validate({"code": code, "address": address} | (places or {}).get(code, {}))
            for code, address in PLACES.items()
        },
        policy=RoutingPolicy(**(policy or {})),
        rate_card=CARD,
        **({"now": NOW} | (facts or {})),
    )


@pytest.fixture(scope="session")
def facts_of() -> Callable[..., RoutingFacts]:
    """Builds the facts of one order; every argument changes one thing."""
    return some_facts


@pytest.fixture(scope="session")
def line_of() -> Callable[..., OrderLine]:
    """Builds one order line."""
    return a_line


@pytest.fixture(scope="session")
def ready_rules() -> Callable[[str], RuleSet]:
    """Reads one of the rule files that come with OrderFlow."""

    def read(name: str) -> RuleSet:
        return RuleSet.model_validate({"rules": json.loads((READY_RULES / name).read_text())["routing_rules"]})

    return read


@pytest.fixture(scope="session")
def ready_rule_files() -> list[Path]:
    """Every rule file that comes with OrderFlow."""
    return sorted(READY_RULES.glob("*.json"))
