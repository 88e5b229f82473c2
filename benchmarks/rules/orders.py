"""Orders to ask rules about: 64 fields each, stock at three locations already among the facts.

45 % have several lines. Made-up fields fill every order up to 64.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from orderflow.address import Address
from orderflow.facts import RoutingFacts
from orderflow.inventory import StockLevel, StockView
from orderflow.location import StockLocation
from orderflow.money import Money
from orderflow.order import Customer, Order, OrderLine
from orderflow.policy import RoutingPolicy
from orderflow.rules.conditions.items import total_weight
from orderflow.rules.conditions.stock import scarcest
from orderflow.shipping.rate_card import RateCard

NOW = datetime(2024, 11, 5, 15, 0, tzinfo=UTC)
FIELDS = 64
MOST_LINES = 3
_LINE_FIELDS = 8

CHANNELS = ("shopify", "woocommerce", "bigcommerce", "magento", "amazon", "ebay")
COUNTRIES = (
    "US",
    "CA",
    "MX",
    "GB",
    "DE",
    "FR",
    "ES",
    "IT",
    "NL",
    "SE",
    "PL",
    "JP",
    "AU",
    "BR",
    "IN",
    "CN",
    "KR",
    "CH",
    "AT",
    "BE",
)
REGIONS = tuple(f"r{number:02}" for number in range(50))
TIERS = ("standard", "bronze", "silver", "gold", "platinum", "vip")
CUSTOMER_TYPES = ("consumer", "b2b", "wholesale", "employee")
CARRIERS = ("ups", "usps", "fedex", "dhl")
METHODS = ("standard", "expedited", "overnight", "pickup", "freight")
RISKS = ("low", "medium", "high")
CATEGORIES = ("books", "toys", "shoes", "garden", "audio", "food")
LOCATIONS = ("warehouse_east", "warehouse_west", "warehouse_central")
SKUS = tuple(f"SKU{number:03}" for number in range(200))

_CARD = RateCard.model_validate({"currency": "USD", "zones": [{"to_km": 1e9, "name": "any"}], "services": []})
_PLACES = {code: StockLocation(code=code, address=Address(country="US")) for code in LOCATIONS}


def some_orders(random: Random, count: int) -> list[RoutingFacts]:
    """That many orders, each with its own stock."""
    return [_facts(random, number) for number in range(count)]


def as_json(facts: RoutingFacts) -> dict[str, Any]:
    """The same order as zen-engine takes it: nested, with the sums and the scarcest stock worked out beforehand."""
    order = facts.order
    document = order.model_dump(mode="json", exclude={"requested_by", "cancelled_at", "tags", "lines"})
    document["total"] = float(order.total.amount)
    document["shipping_paid"] = float(order.shipping_paid.amount) if order.shipping_paid else 0
    document["currency"] = order.currency
    document["customer"].pop("tags")
    document["lines"] = [_line_as_json(line) for line in order.lines]
    document["unit_count"] = sum(line.quantity for line in order.lines)
    document["weight"] = total_weight(order.lines)
    document["dearest"] = float(max(line.unit_price.amount for line in order.lines))
    document["stock"] = {location: scarcest(facts, location) for location in LOCATIONS}
    return document


def leaf_count(value: Any) -> int:
    """How many fields a nested document has that hold a value of their own."""
    if isinstance(value, dict):
        return sum(map(leaf_count, value.values()))
    return sum(map(leaf_count, value)) if isinstance(value, list) else 1


def _line_as_json(line: OrderLine) -> dict[str, Any]:
    document = line.model_dump(mode="json", exclude={"attributes", "line_no", "variant"})
    return document | {"unit_price": float(line.unit_price.amount)}


def _facts(random: Random, number: int) -> RoutingFacts:
    line_count = random.choices((1, 2, 3), (55, 30, 15))[0]
    lines = tuple(_line(random, line_no) for line_no in range(1, line_count + 1))
    stock = [
        StockLevel(location=location, sku=line.sku, on_hand=random.choice((0, 0, *range(100))), counted_at=NOW)
        for location in LOCATIONS
        for line in lines
    ]
    return RoutingFacts(_order(random, number, lines), StockView(stock), _PLACES, RoutingPolicy(), _CARD, NOW)


def _line(random: Random, line_no: int) -> OrderLine:
    return OrderLine(
        line_no=line_no,
        line_id=str(line_no),
        sku=random.choice(SKUS),
        title="A thing to sell",
        quantity=random.randint(1, 4),
        unit_price=_amount(random, 300),
        weight_grams=random.randint(50, 4000),
        category=random.choice(CATEGORIES),
    )


def _order(random: Random, number: int, lines: tuple[OrderLine, ...]) -> Order:
    return Order(
        source=random.choice(CHANNELS),
        external_id=str(7_000_000 + number),
        number=str(number),
        placed_at=NOW - timedelta(minutes=number % 1440),
        updated_at=NOW,
        total=_amount(random, 1000),
        shipping_paid=_amount(random, 40),
        customer=_customer(random, number),
        destination=_destination(random, number),
        lines=lines,
        shipping_method=random.choice(METHODS),
        gift=random.random() < 0.3,
        risk=random.choice(("", *RISKS)),
        note="Please ring twice",
        attributes={f"field_{number}": str(number) for number in range(_LINE_FIELDS * (MOST_LINES - len(lines)))},
    )


def _customer(random: Random, number: int) -> Customer:
    return Customer(
        customer_id=str(number),
        name="Ada Example",
        email=f"ada{number}@example.org",
        phone="+12125550100",
        tier=random.choice(TIERS),
        customer_type=random.choice(CUSTOMER_TYPES),
        preferred_carrier=random.choice(("", *CARRIERS)),
        order_count=random.randint(0, 50),
    )


def _destination(random: Random, number: int) -> Address:
    return Address(
        name="Ada Example",
        company="",
        line1=f"{number} Main Street",
        city="Springfield",
        region=random.choice(REGIONS),
        postal_code=f"{random.randrange(100_000):05}",
        country=random.choice(COUNTRIES),
        latitude=40.7,
        longitude=-74.0,
    )


def _amount(random: Random, below: int) -> Money:
    return Money.of(Decimal(random.randrange(below * 100)) / 100, "USD")
