"""The demonstration's orders: made from a seed, so that every run tells the same story.

Of a hundred orders about ten are VIP, six are business orders, thirty have several lines, two want more than there
is, two have a bad address, one has an SKU nobody sells and one is not paid yet.
"""

import json
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from typing import Any

FIRST = [
    "Ada",
    "Ben",
    "Carla",
    "Diego",
    "Emma",
    "Farid",
    "Grace",
    "Hugo",
    "Ines",
    "Jonas",
    "Kira",
    "Liam",
    "Mara",
    "Noah",
]
LAST = ["Baker", "Castro", "Duarte", "Evans", "Fischer", "Garcia", "Haddad", "Ito", "Jensen", "Kim", "Lopez", "Moreau"]
PRICES = {
    "TENT-2P": "189.00", "TENT-4P": "329.00", "STOVE-GAS": "54.90", "LAMP-LED": "39.50", "GPS-TRACK": "129.00",
    "POWER-20K": "49.00", "BOOT-41": "149.00", "BOOT-43": "149.00", "SOCK-WOOL": "14.50", "JACKET-M": "119.00",
    "JACKET-L": "119.00", "BOTTLE-1L": "24.90", "MUG-ENAMEL": "12.00", "PACK-45": "159.00", "DRYBAG-20": "27.50",
    "MAP-ALPS": "18.00",
}  # fmt: skip
SCARCE = ("TENT-4P", "GPS-TRACK")


@dataclass(frozen=True)
class DemoLine:
    """One line of a made-up order."""

    sku: str
    title: str
    quantity: int
    unit_price: str
    weight_grams: int | None


@dataclass(frozen=True)
class DemoOrder:
    """One made-up order, before a channel dresses it in its own format. `plot` says what is special about it."""

    number: int
    placed_at: datetime
    plot: str
    name: str
    email: str
    tags: tuple[str, ...]
    line1: str
    city: str
    region: str
    postal_code: str
    paid: bool
    lines: tuple[DemoLine, ...]


def made_orders(count: int, *, seed: int, now: datetime, first_number: int = 1) -> list[DemoOrder]:
    """That many orders, oldest first, placed during the hours before `now`."""
    dice = random.Random(seed)  # noqa: S311 - a story that can be told again, not a secret
    places = json.loads(_text("places.json"))
    products = {product["sku"]: product for product in json.loads(_text("configuration.json"))["products"]}
    return [_order(dice, first_number + index, now - timedelta(seconds=20 * (count - index)), places, products)
            for index in range(count)]  # fmt: skip


def _order(
    dice: random.Random, number: int, placed_at: datetime, places: list[list[str]], products: dict[str, dict[str, Any]]
) -> DemoOrder:
    plot = dice.choices(
        ["", "vip", "b2b", "short", "bad_zip", "undeliverable", "unknown_sku", "unpaid"], [77, 10, 6, 2, 1, 1, 1, 1]
    )[0]
    city, region, postal_code, street = dice.choice(places)
    first, last = dice.choice(FIRST), dice.choice(LAST)
    line1 = f"{dice.randint(1, 1800)} {street}"
    return DemoOrder(
        number=number,
        placed_at=placed_at,
        plot=plot,
        name=f"{first} {last}",
        email=f"{first}.{last}{number}@example.com".lower(),
        tags={"vip": ("VIP",), "b2b": ("b2b",)}.get(plot, ()),
        line1="UNDELIVERABLE" if plot == "undeliverable" else line1,
        city=city,
        region=region,
        postal_code="00000" if plot == "bad_zip" else postal_code,
        paid=plot != "unpaid",
        lines=_lines(dice, plot, products),
    )


def _lines(dice: random.Random, plot: str, products: dict[str, dict[str, Any]]) -> tuple[DemoLine, ...]:
    if plot == "short":
        return (_line(dice.choice(SCARCE), 15, products),)
    count = dice.choices([1, 2, 3], [70, 20, 10])[0]
    lines = [
        _line(sku, dice.choices([1, 2, 4], [75, 20, 5])[0], products) for sku in dice.sample(sorted(PRICES), count)
    ]
    if plot == "unknown_sku":
        lines.append(DemoLine("DISCONTINUED-1", "Something we do not sell", 1, "9.00", 100))
    return tuple(lines)


def _line(sku: str, quantity: int, products: dict[str, dict[str, Any]]) -> DemoLine:
    product = products[sku]
    return DemoLine(sku, product["title"], quantity, PRICES[sku], product["weight_grams"])


def _text(name: str) -> str:
    return resources.files("deployments.demo").joinpath(name).read_text(encoding="utf-8")
