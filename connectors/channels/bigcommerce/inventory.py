"""What BigCommerce holds of each SKU, and making it promise no more than there is.

A level is changed by the difference between what was read and what it shall be, so a unit that was sold in between
stays sold; only where a location has no level of an SKU is a number set. BigCommerce applies both a moment later.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.channels.bigcommerce.rest import BigRest
from connectors.errors import Refused
from connectors.protocols import ChannelLocation, Document
from orderflow.inventory import StockLevel

SKUS_A_CALL = 50
_REASON = "OrderFlow availability"


@dataclass(frozen=True)
class Target:
    """The units of one SKU a location shall promise, standing for `levels` of the levels that were asked for."""

    location: int
    sku: str
    available: int
    levels: int


async def locations(rest: BigRest) -> tuple[ChannelLocation, ...]:
    """The store's locations, those switched off as well."""
    return tuple(
        [
            ChannelLocation(
                str(each["id"]), each.get("label") or each.get("code") or "", bool(each.get("enabled", True))
            )
            async for each in rest.every("v3/inventory/locations")
        ]
    )


async def stock_levels(rest: BigRest) -> tuple[StockLevel, ...]:
    """Every SKU at every location that is switched on; safety stock counts as units that are not for sale."""
    return tuple(
        [
            _level(item["identity"]["sku"], place)
            async for item in rest.every("v3/inventory/items")
            for place in item["locations"]
            if item["identity"].get("sku") and place.get("location_enabled", True)
        ]
    )


async def set_available(rest: BigRest, levels: Sequence[StockLevel]) -> int:
    """Changes what each location promises; returns how many levels the store accepted.

    An SKU the store does not know is not accepted. Levels without a location of the store's are summed where it has a
    single one. Repeating reads anew, so it changes nothing.
    """
    targets = [target for target in await _placed(rest, levels) if target.sku and "," not in target.sku]
    accepted = 0
    for start in range(0, len(targets), SKUS_A_CALL):
        accepted += await _set_together(rest, targets[start : start + SKUS_A_CALL])
    return accepted


async def _set_together(rest: BigRest, targets: Sequence[Target]) -> int:
    held = await _held(rest, {target.sku for target in targets})
    known = [target for target in targets if target.sku in held]
    differences = {target: target.available - held[target.sku].get(target.location, 0) for target in known}
    changed = [target for target in known if differences[target]]
    stocked = [target for target in changed if target.location in held[target.sku]]
    others = [target for target in changed if target not in stocked]
    refused = await _adjust(rest, "POST", "relative", [(target, differences[target]) for target in stocked])
    refused += await _adjust(rest, "PUT", "absolute", [(target, target.available) for target in others])
    return sum(target.levels for target in known) - refused


async def _adjust(rest: BigRest, method: str, manner: str, units: Sequence[tuple[Target, int]]) -> int:
    """Sends the adjustments; returns how many levels were refused. One that is does not keep back the others."""
    if not units:
        return 0
    items = [{"location_id": target.location, "sku": target.sku, "quantity": number} for target, number in units]
    try:
        await rest.send(method, f"v3/inventory/adjustments/{manner}", {"reason": _REASON, "items": items})
    except Refused as refusal:
        if refusal.code == "credentials":
            raise
        if len(units) == 1:
            return units[0][0].levels
        return sum([await _adjust(rest, method, manner, [one]) for one in units])
    return 0


async def _held(rest: BigRest, skus: set[str]) -> dict[str, dict[int, int]]:
    """The units for sale by SKU and location, of the SKUs the store knows."""
    query: dict[str, Any] = {"sku:in": ",".join(sorted(skus))}
    found: dict[str, dict[int, int]] = {}
    async for item in rest.every("v3/inventory/items", **query):
        if item["identity"]["sku"] in skus:
            places = {place["location_id"]: place["available_to_sell"] for place in item["locations"]}
            found[item["identity"]["sku"]] = places
    return found


async def _placed(rest: BigRest, levels: Sequence[StockLevel]) -> list[Target]:
    known = [level for level in levels if level.location.isdecimal()]
    if known or not levels:
        return [Target(int(each.location), each.sku, each.available, 1) for each in known]
    places = [each for each in await locations(rest) if each.active]
    if len(places) != 1:
        return []
    sums: dict[str, list[int]] = defaultdict(list)
    for level in levels:
        sums[level.sku].append(level.available)
    return [Target(int(places[0].id), sku, sum(units), len(units)) for sku, units in sums.items()]


def _level(sku: str, place: Mapping[str, Any]) -> StockLevel:
    settings: Document = place.get("settings") or {}
    return StockLevel(
        location=str(place["location_id"]),
        sku=sku,
        on_hand=place["total_inventory_onhand"],
        safety_stock=max(0, int(settings.get("safety_stock") or 0)),
    )
