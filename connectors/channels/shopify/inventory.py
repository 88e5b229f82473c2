"""What Shopify holds of each SKU, and making it promise no more than there is.

Setting a quantity compares before it sets: each call says the number it read, and Shopify refuses the whole call where
somebody sold one in between. Then the numbers are read again. The idempotency key names the sync and what it sets, so
that the same call sent twice counts once, and a call with other numbers is another call.
"""

import json
import re
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from connectors.channels.shopify.global_id import global_id, tail
from connectors.channels.shopify.graph import AdminGraph, refuse_user_errors
from connectors.errors import TryAgain
from connectors.protocols import ChannelLocation
from orderflow.inventory import StockLevel

ATTEMPTS = 3
SKUS_A_CALL = 50

_NAMESPACE = uuid.UUID("5ad5ee1f-6f0b-4b5e-9d8b-0b7f3d1f6c55")


@dataclass(frozen=True)
class Target:
    """The units of one SKU a location shall promise, standing for `levels` of the levels that were asked for."""

    location: str
    sku: str
    available: int
    levels: int


@dataclass(frozen=True)
class StockedItem:
    """An inventory item and the units Shopify promises of it now; None where the location does not stock it."""

    id: str
    available: int | None


async def stock_levels(graph: AdminGraph) -> tuple[StockLevel, ...]:
    """Every tracked SKU at every location that stocks it; what is on hand and not available counts as reserved.

    Items that share a SKU are one stock to us: their units are added.
    """
    levels: dict[tuple[str, str], StockLevel] = {}
    async for location in graph.pages("Locations", "locations"):
        async for node in graph.pages("LocationLevels", "location", "inventoryLevels", id=location["id"]):
            if node["item"]["sku"] and node["item"]["tracked"]:
                level = _level(location["id"], node)
                levels[level.location, level.sku] = _added(levels.get((level.location, level.sku)), level)
    return tuple(levels.values())


async def set_available(graph: AdminGraph, levels: Sequence[StockLevel], *, key: str, app: str) -> int:
    """Sets what each location promises; returns how many levels Shopify accepted.

    An item the location does not stock yet is stocked there as soon as there are units of it. A SKU Shopify does not
    know, or that several items share, is not accepted. Levels without a location of
    Shopify's are summed where the shop has a single location. Raises TryAgain where numbers keep changing.
    """
    accepted = 0
    for targets in _in_calls(await _placed(graph, levels)):
        accepted += await _set_together(graph, targets, key, app)
    return accepted


def quantities_input(targets: Sequence[Target], items: Mapping[str, StockedItem], key: str, app: str) -> dict[str, Any]:
    """The input of `inventorySetQuantities`; the reference names our app and the sync in the shop's history."""
    return {
        "name": "available",
        "reason": "correction",
        "referenceDocumentUri": f"gid://orderflow-{quote(app, safe='')}/Availability/{quote(key, safe='')}",
        "quantities": [
            {
                "inventoryItemId": items[target.sku].id,
                "locationId": target.location,
                "quantity": target.available,
                "changeFromQuantity": items[target.sku].available,
            }
            for target in targets
        ],
    }


def idempotency_key(key: str, quantities: Mapping[str, Any]) -> str:
    """The same for the same sync setting the same numbers from the same numbers, another one otherwise."""
    return str(uuid.uuid5(_NAMESPACE, json.dumps([key, quantities], sort_keys=True)))


def search_of(skus: Iterable[str]) -> str:
    """Shopify's search text for exactly these SKUs."""
    quoted = (re.sub(r'(["\\])', r"\\\1", sku) for sku in skus)
    return " OR ".join(f'sku:"{sku}"' for sku in quoted)


async def locations(graph: AdminGraph) -> tuple[ChannelLocation, ...]:
    """The shop's locations by their global ids."""
    found = [node async for node in graph.pages("Locations", "locations")]
    return tuple(ChannelLocation(node["id"], node["name"], node["isActive"]) for node in found)


async def _activate(graph: AdminGraph, target: Target, item: str, key: str) -> int:
    """Stocks the item at the location with its units; returns how many levels that stands for, 0 where it is refused.

    A location that shall promise none of what it does not stock does so already.
    """
    if target.available == 0:
        return target.levels
    wanted = {"item": item, "location": target.location, "available": target.available}
    answer = await graph.write("ActivateItem", **wanted, key=idempotency_key(key, wanted))
    return 0 if answer["inventoryActivate"]["userErrors"] else target.levels


async def _set_together(graph: AdminGraph, targets: Sequence[Target], key: str, app: str) -> int:
    activated = 0
    for _ in range(ATTEMPTS):
        items = await _stocked_items(graph, targets)
        known = [target for target in targets if target.sku in items]
        targets = [target for target in known if items[target.sku].available is not None]
        unstocked = [target for target in known if items[target.sku].available is None]
        activated += sum([await _activate(graph, target, items[target.sku].id, key) for target in unstocked])
        changes = [target for target in targets if items[target.sku].available != target.available]
        if not changes:
            return activated + sum(target.levels for target in targets)
        quantities = quantities_input(changes, items, key, app)
        answer = await graph.write("SetQuantities", input=quantities, key=idempotency_key(key, quantities))
        rejected = _rejected(answer["inventorySetQuantities"], changes)
        if rejected is None:
            return activated + sum(target.levels for target in targets)
        targets = [target for target in targets if target.sku not in rejected]
    raise TryAgain("the numbers in Shopify keep changing while we set them")


def _rejected(payload: Mapping[str, Any], changes: Sequence[Target]) -> set[str] | None:
    """The SKUs Shopify will not take at all; none of them where a number was stale; None where all was set."""
    errors = payload["userErrors"]
    if any(error["code"] == "IDEMPOTENCY_CONCURRENT_REQUEST" for error in errors):
        raise TryAgain("the same call is still running in Shopify")
    rejected = set()
    for error in errors:
        position = next((int(step) for step in error["field"] or () if step.isdigit()), None)
        if position is None:
            refuse_user_errors({"userErrors": [error]})
        elif error["code"] != "CHANGE_FROM_QUANTITY_STALE":
            rejected.add(changes[position].sku)
    return rejected if errors else None


async def _stocked_items(graph: AdminGraph, targets: Sequence[Target]) -> dict[str, StockedItem]:
    if not targets:
        return {}
    found: dict[str, list[StockedItem]] = defaultdict(list)
    search = search_of(target.sku for target in targets)
    async for node in graph.pages("ItemsAtLocation", "inventoryItems", query=search, location=targets[0].location):
        level = node["inventoryLevel"]
        found[node["sku"]].append(StockedItem(node["id"], _quantities(level)["available"] if level else None))
    return {sku: items[0] for sku, items in found.items() if len(items) == 1}


async def _placed(graph: AdminGraph, levels: Sequence[StockLevel]) -> list[Target]:
    known = [level for level in levels if tail(level.location).isdigit()]
    if known or not levels:
        return [Target(global_id("Location", each.location), each.sku, each.available, 1) for each in known]
    locations = [location["id"] async for location in graph.pages("Locations", "locations")]
    if len(locations) != 1:
        return []
    sums: dict[str, list[int]] = defaultdict(list)
    for level in levels:
        sums[level.sku].append(level.available)
    return [Target(locations[0], sku, sum(units), len(units)) for sku, units in sums.items()]


def _in_calls(targets: Sequence[Target]) -> list[list[Target]]:
    by_location: dict[str, list[Target]] = defaultdict(list)
    for target in targets:
        by_location[target.location].append(target)
    return [
        group[start : start + SKUS_A_CALL]
        for group in by_location.values()
        for start in range(0, len(group), SKUS_A_CALL)
    ]


def _level(location: str, node: Mapping[str, Any]) -> StockLevel:
    quantities = _quantities(node)
    return StockLevel(
        location=location,
        sku=node["item"]["sku"],
        on_hand=quantities["on_hand"],
        reserved=max(0, quantities["on_hand"] - max(0, quantities["available"])),
        counted_at=datetime.fromisoformat(node["updatedAt"]),
    )


def _added(one: StockLevel | None, other: StockLevel) -> StockLevel:
    if one is None:
        return other
    return other.model_copy(update={"on_hand": one.on_hand + other.on_hand, "reserved": one.reserved + other.reserved})


def _quantities(level: Mapping[str, Any]) -> dict[str, int]:
    return {quantity["name"]: quantity["quantity"] for quantity in level["quantities"]}
