"""What an example is decided in: the shop as it is configured, with a plain order where the example says nothing.

The plain order is paid, of one unit for 100, and goes to the shop's first location: nothing about it is special.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from orderflow.address import Address
from orderflow.facts import RoutingFacts
from orderflow.inventory import StockLevel, StockView
from orderflow.location import StockLocation
from orderflow.order import Order
from orderflow.policy import RoutingPolicy
from orderflow.rules.comparable import money_operand
from orderflow.rules.examples.example import Example
from orderflow.rules.rule import Rule
from orderflow.shipping.rate_card import RateCard

# A Monday on which carriers call.
PLAIN_MOMENT = datetime(2024, 1, 22, 15, 0, tzinfo=UTC)
PLAIN_TOTAL, PLAIN_PRICE, PLAIN_GRAMS = 100, 10, 500

_AMOUNTS = frozenset({"total", "shipping_paid", "unit_price"})


class UnreadableExample(ValueError):
    """An example names something an order does not have, or gives it a value it cannot have."""


@dataclass(frozen=True)
class ExampleWorld:
    """The shop around an example's order. Amounts without a currency are in `currency`."""

    rate_card: RateCard
    currency: str = "USD"
    policy: RoutingPolicy = field(default_factory=RoutingPolicy)
    locations: Mapping[str, StockLocation] = field(default_factory=dict)

    def facts_of(self, rule: Rule, example: Example) -> RoutingFacts:
        """Everything the decision of the example's order may know. Raises UnreadableExample.

        The moment is the example's, else the first one the rule is in force.
        """
        now = example.now or rule.effective_from or PLAIN_MOMENT
        order = self._order(example, now)
        stocked = {(sku, "") for units in example.stock.values() for sku in units}
        return RoutingFacts(
            order=order,
            stock=_stock(example, now),
            locations=self.locations,
            policy=self.policy,
            rate_card=self.rate_card,
            now=now,
            known_skus=frozenset(stocked | {(line.sku, line.variant) for line in order.lines}),
            load=example.load,
            address_problem=example.address_problem,
        )

    def _order(self, example: Example, now: datetime) -> Order:
        document = _merged(self._plain_order(example.name, now), example.order)
        document["lines"] = [
            _merged(self._plain_line(line_no), line) for line_no, line in enumerate(document["lines"], start=1)
        ]
        try:
            return Order.model_validate(_with_money(document, self.currency))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise UnreadableExample(f"order.{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
        except ValueError as error:
            raise UnreadableExample(f"order: {error}") from None

    def _plain_order(self, number: str, now: datetime) -> dict[str, Any]:
        place = next(iter(self.locations.values()), None)
        street = {"line1": "1 Example Street", "city": "Example", "country": self.policy.home_country}
        return {
            "source": "example",
            "external_id": number,
            "number": number,
            "placed_at": now,
            "updated_at": now,
            "payment_status": "paid",
            "total": PLAIN_TOTAL,
            "destination": (place.address if place else Address(**street)).model_dump(),
            "lines": [{}],
        }

    def _plain_line(self, line_no: int) -> dict[str, Any]:
        return {
            "line_no": line_no,
            "line_id": str(line_no),
            "sku": f"EXAMPLE-{line_no}",
            "quantity": 1,
            "unit_price": PLAIN_PRICE,
            "weight_grams": PLAIN_GRAMS,
        }


def _stock(example: Example, now: datetime) -> StockView:
    return StockView(
        StockLevel(location=location, sku=sku, on_hand=on_hand, counted_at=now)
        for location, units in example.stock.items()
        for sku, on_hand in units.items()
    )


def _merged(plain: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    """What is written, and the plain values of what is not; objects inside are merged alike."""
    merged = dict(plain)
    for name, value in written.items():
        inside = merged.get(name)
        merged[name] = _merged(inside, value) if isinstance(inside, dict) and isinstance(value, Mapping) else value
    return merged


def _with_money(value: Any, currency: str) -> Any:
    """The document with amounts written as rules write them (500, "500 EUR") as money."""
    if isinstance(value, list | tuple):
        return [_with_money(member, currency) for member in value]
    if not isinstance(value, Mapping):
        return value
    return {
        name: money_operand(member, currency)
        if name in _AMOUNTS and not isinstance(member, Mapping)
        else _with_money(member, currency)
        for name, member in value.items()
    }
