"""Real orders of a Brazilian marketplace: what their freight would be from several locations and from home only.

The sample holds orders, destinations and weights, but no warehouses: the rate card, the home (São Paulo, where most
sellers are) and the further locations are ours, and so the freight is modelled on both sides. Stock is never short.
"""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.sourcing.world import CARD
from orderflow.address import Address
from orderflow.facts import RoutingFacts
from orderflow.inventory import StockLevel, StockView
from orderflow.location import StockLocation
from orderflow.money import Money
from orderflow.order import Order, OrderLine, PaymentStatus
from orderflow.policy import RoutingPolicy
from orderflow.rules.actions import Actions
from orderflow.sourcing.plan import source_order

HOME = "sao_paulo"
PLACES = {
    HOME: (-23.55, -46.63),
    "recife": (-8.05, -34.88),
    "brasilia": (-15.79, -47.88),
    "porto_alegre": (-30.03, -51.23),
    "manaus": (-3.12, -60.02),
}
POLICY = RoutingPolicy(home_country="BR", strategy="cheapest", max_shipments=3)


class Freight(NamedTuple):
    """Modelled freight of all orders in minor units of the rate card, and how many orders there were."""

    orders: int
    from_home: int
    from_several: int

    @property
    def saved_percent(self) -> float:
        """What several locations save of the freight from home."""
        return 100 * (self.from_home - self.from_several) / self.from_home


def freight_of(sample: Path, most: int) -> Freight:
    """The freight of so many orders of the sample, evenly picked."""
    orders = list(_orders(sample))
    picked = orders[:: max(1, len(orders) // most)]
    home = {HOME: _location(HOME)}
    several = {code: _location(code) for code in PLACES}
    return Freight(
        len(picked), sum(_freight(order, home) for order in picked), sum(_freight(order, several) for order in picked)
    )


def _freight(order: Order, locations: dict[str, StockLocation]) -> int:
    stock = StockView(
        StockLevel(location=code, sku=line.sku, on_hand=line.quantity * 10)
        for code in locations
        for line in order.lines
    )
    facts = RoutingFacts(order, stock, locations, POLICY, CARD, now=order.placed_at)
    cost = source_order(facts, Actions()).cost
    return cost.minor if cost else 0


def _location(code: str) -> StockLocation:
    latitude, longitude = PLACES[code]
    address = Address(line1="1", city=code, country="BR", latitude=latitude, longitude=longitude)
    return StockLocation(code=code, address=address, timezone="America/Sao_Paulo")


def _orders(sample: Path) -> Iterator[Order]:
    with gzip.open(sample, "rt", encoding="utf-8") as lines:
        for text in lines:
            document = json.loads(text)
            if document["destination"].get("lat") is not None:
                yield _order(document)


def _order(document: dict[str, Any]) -> Order:
    to = document["destination"]
    placed_at = datetime.fromisoformat(document["placed_at"]).astimezone(UTC)
    return Order(
        source="olist",
        external_id=document["order_id"],
        number=document["order_id"],
        placed_at=placed_at,
        updated_at=placed_at,
        payment_status=PaymentStatus.PAID,
        total=Money.of(1, "BRL"),
        destination=Address(city=to["city"], country="BR", latitude=to["lat"], longitude=to["lng"]),
        lines=tuple(_line(number, line) for number, line in enumerate(document["lines"], start=1)),
    )


def _line(number: int, line: dict[str, Any]) -> OrderLine:
    return OrderLine(
        line_no=number,
        line_id=str(number),
        sku=line["sku"],
        quantity=line["qty"],
        unit_price=Money.of(str(line["unit_price"]), "BRL"),
        weight_grams=int(line["weight_g"] or 0),
    )
