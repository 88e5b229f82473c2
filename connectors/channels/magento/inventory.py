"""What Magento holds of each SKU (MSI), and making it promise no more than there is.

1. A source item is the count of an SKU at one source. What may be sold of all sources of a stock together, the salable
   quantity, is less by the reservations of open orders.
2. Reservations belong to no source; they are taken from the sources in the stock's own order of priority.
3. A configurable, bundle or grouped product is its parts; only the parts are counted.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from connectors.channels.magento.rest import Filter, MagentoRest
from connectors.errors import Refused
from connectors.protocols import ChannelLocation, Document
from orderflow.inventory import StockLevel

SKUS_A_CALL = 100
_IN_STOCK = 1
_MADE_OF_PARTS = "configurable,bundle,grouped"

Place = tuple[str, str]


async def locations(rest: MagentoRest) -> tuple[ChannelLocation, ...]:
    """The sources."""
    return tuple(
        [
            ChannelLocation(each["source_code"], each.get("name") or "", bool(each.get("enabled", True)))
            async for each in rest.search("inventory/sources")
        ]
    )


async def stock_levels(rest: MagentoRest, stock_id: int) -> tuple[StockLevel, ...]:
    """Every SKU at every source of the stock; what orders have reserved counts as reserved."""
    items = [each async for each in rest.search("inventory/source-items")]
    sourced = await _sourced(rest, stock_id, await _sources_by_priority(rest, stock_id), items)
    return tuple(level for each in sourced for level in each.levels())


async def set_available(rest: MagentoRest, stock_id: int, levels: Sequence[StockLevel]) -> int:
    """Sets what each source promises; returns how many levels Magento accepted.

    Quantities are absolute, so a repeat changes nothing; what is reserved is put on top, as Magento takes it off again.
    An SKU without any source item is not accepted. Levels without a source's code are summed where there is one source.
    """
    placed = await _placed(rest, stock_id, [level for level in levels if level.sku and "," not in level.sku])
    skus = sorted({sku for _, sku in placed})
    accepted = 0
    for start in range(0, len(skus), SKUS_A_CALL):
        together = set(skus[start : start + SKUS_A_CALL])
        accepted += await _set_together(rest, stock_id, {k: v for k, v in placed.items() if k[1] in together})
    return accepted


@dataclass(frozen=True)
class SourcedSku:
    """One SKU: units by source in the stock's order, the sources that are out of stock, and the units reserved."""

    sku: str
    on_hand: Mapping[str, int]
    closed: frozenset[str]
    reserved: int

    def levels(self) -> list[StockLevel]:
        """Its levels, reservations taken from the first sources first. A source that is out of stock sells none."""
        left, levels = self.reserved, []
        for source, units in self.on_hand.items():
            taken = max(0, units) if source in self.closed else min(left, max(0, units))
            left -= 0 if source in self.closed else taken
            levels.append(StockLevel(location=source, sku=self.sku, on_hand=units, reserved=taken))
        return levels

    def quantities(self, wanted: Mapping[str, int], sources: Sequence[str]) -> dict[str, int]:
        """What each source must hold to promise what is wanted; the first that is set bears what is still reserved."""
        left, quantities = self.reserved, {}
        for source in sources:
            if source in wanted:
                quantities[source], left = wanted[source] + left, 0
            elif source not in self.closed:
                left -= min(left, max(0, self.on_hand.get(source, 0)))
        return quantities


async def _set_together(rest: MagentoRest, stock_id: int, wanted: Mapping[Place, list[int]]) -> int:
    listed = ",".join(sorted({sku for _, sku in wanted}))
    items = [each async for each in rest.search("inventory/source-items", Filter("sku", "in", listed))]
    sources = await _sources_by_priority(rest, stock_id)
    known = await _sourced(rest, stock_id, sources, items)
    changes = []
    for each in known:
        asked = {source: sum(units) for (source, sku), units in wanted.items() if sku == each.sku}
        shown = {level.location: level.available for level in each.levels()}
        if asked.items() <= shown.items():
            continue
        for source, quantity in each.quantities(asked, sources).items():
            changes.append({"sku": each.sku, "source_code": source, "quantity": quantity, "status": _IN_STOCK})
    if changes:
        await rest.post("inventory/source-items", {"sourceItems": changes})
    skus = {each.sku for each in known}
    return sum(len(units) for (_, sku), units in wanted.items() if sku in skus)


async def _sourced(
    rest: MagentoRest, stock_id: int, sources: Sequence[str], items: Iterable[Document]
) -> list[SourcedSku]:
    """The SKUs of these source items, those made of parts left out."""
    by_sku: dict[str, list[Document]] = defaultdict(list)
    for each in sorted(items, key=lambda each: _rank(sources, each["source_code"])):
        if each["source_code"] in sources:
            by_sku[each["sku"]].append(each)
    for sku in await _made_of_parts(rest) if by_sku else ():
        by_sku.pop(sku, None)
    salable = await asyncio.gather(*(_salable(rest, stock_id, sku) for sku in by_sku))
    return [_sourced_sku(sku, rows, units) for (sku, rows), units in zip(by_sku.items(), salable, strict=True)]


def _sourced_sku(sku: str, rows: Sequence[Document], salable: int | None) -> SourcedSku:
    on_hand = {row["source_code"]: int(row["quantity"]) for row in rows}
    closed = frozenset(row["source_code"] for row in rows if row.get("status") != _IN_STOCK)
    for_sale = sum(units for source, units in on_hand.items() if source not in closed)
    return SourcedSku(sku, on_hand, closed, max(0, for_sale - salable) if salable is not None else 0)


def _rank(sources: Sequence[str], source: str) -> int:
    return sources.index(source) if source in sources else len(sources)


async def _salable(rest: MagentoRest, stock_id: int, sku: str) -> int | None:
    """Units that may be sold; None where Magento does not manage the SKU's stock."""
    try:
        return int(await rest.get(f"inventory/get-product-salable-quantity/{quote(sku, safe='')}/{stock_id}"))
    except Refused as refusal:
        if refusal.code == "credentials":
            raise
        return None


async def _sources_by_priority(rest: MagentoRest, stock_id: int) -> list[str]:
    sources: Any = await rest.get(f"inventory/get-sources-assigned-to-stock-ordered-by-priority/{stock_id}")
    return [each["source_code"] for each in sources if each.get("enabled", True)]


async def _made_of_parts(rest: MagentoRest) -> set[str]:
    return {each["sku"] async for each in rest.search("products", Filter("type_id", "in", _MADE_OF_PARTS))}


async def _placed(rest: MagentoRest, stock_id: int, levels: Sequence[StockLevel]) -> dict[Place, list[int]]:
    """The units by source and SKU, one number for each level they stand for."""
    sources = await _sources_by_priority(rest, stock_id) if levels else []
    known = [level for level in levels if level.location in sources]
    if not known and len(sources) == 1:
        known = [level.model_copy(update={"location": sources[0]}) for level in levels]
    placed: dict[Place, list[int]] = defaultdict(list)
    for level in known:
        placed[level.location, level.sku].append(level.available)
    return placed
