"""What WooCommerce holds of each SKU, and making it promise no more than there is.

WooCommerce keeps one quantity per product or variation, already less what was sold, and no locations. The ATUM
Multi-Inventory plug-in adds inventories with a location and a selling priority; where a product has such, they are
what counts, and they stay under ATUM's own control.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

from connectors.channels.woocommerce.rest import PER_PAGE, WooRest
from connectors.protocols import Document
from orderflow.inventory import StockLevel

SKUS_A_CALL = 50


async def stock_levels(rest: WooRest) -> tuple[StockLevel, ...]:
    """Every SKU whose stock is managed; `on_hand` is what is left to sell, `location` "" or the ATUM location's id."""
    levels = []
    async for product in _products_and_variations(rest):
        levels += await _levels(rest, product)
    return tuple(levels)


async def set_available(rest: WooRest, levels: Sequence[StockLevel]) -> int:
    """Sets each SKU to the sum over our locations; returns how many levels the shop accepted.

    Quantities are absolute, so a repeat changes nothing. An SKU the shop does not know or does not count is left out.
    """
    wanted: dict[str, list[int]] = defaultdict(list)
    for level in levels:
        wanted[level.sku].append(level.available)
    askable = [sku for sku in wanted if sku and "," not in sku]
    accepted = 0
    for start in range(0, len(askable), SKUS_A_CALL):
        skus = askable[start : start + SKUS_A_CALL]
        counted = await _set_together(rest, {sku: sum(wanted[sku]) for sku in skus})
        accepted += sum(len(wanted[sku]) for sku in counted)
    return accepted


async def _set_together(rest: WooRest, wanted: Mapping[str, int]) -> set[str]:
    products = [each async for each in rest.every("products", sku=",".join(wanted)) if each["sku"] in wanted]
    settable = [each for each in products if each["manage_stock"] is True and not each.get("mi_inventories")]
    done = {each["sku"] for each in settable if each["stock_quantity"] == wanted[each["sku"]]}
    for path, changes in _batches(each for each in settable if each["sku"] not in done).items():
        for start in range(0, len(changes), PER_PAGE):
            done |= await _write(rest, path, changes[start : start + PER_PAGE], wanted)
    return done


async def _write(rest: WooRest, path: str, products: Sequence[Document], wanted: Mapping[str, int]) -> set[str]:
    """One batch. It always answers 200; what was not accepted has an error of its own inside."""
    update = [{"id": each["id"], "stock_quantity": wanted[each["sku"]]} for each in products]
    answer = await rest.post(f"{path}/batch", {"update": update})
    sku_of = {each["id"]: each["sku"] for each in products}
    return {
        sku_of[each["id"]]
        for each in answer.get("update") or ()
        if "error" not in each and each.get("stock_quantity") == wanted[sku_of[each["id"]]]
    }


def _batches(products: Iterable[Document]) -> dict[str, list[Document]]:
    """The products by the address their batch goes to: variations go to their parent's."""
    batches: dict[str, list[Document]] = defaultdict(list)
    for each in products:
        parent = each.get("parent_id")
        batches[f"products/{parent}/variations" if parent else "products"].append(each)
    return batches


async def _products_and_variations(rest: WooRest) -> AsyncIterator[Document]:
    async for product in rest.every("products"):
        yield product
        if product["type"] == "variable":
            async for variation in rest.every(f"products/{product['id']}/variations"):
                yield variation


async def _levels(rest: WooRest, product: Document) -> list[StockLevel]:
    if not product["sku"]:
        return []
    located = await _located(rest, product) if product.get("mi_inventories") else {}
    if located:
        return [StockLevel(location=place, sku=product["sku"], on_hand=units) for place, units in located.items()]
    if product["manage_stock"] is not True or product["stock_quantity"] is None:
        return []
    return [StockLevel(location="", sku=product["sku"], on_hand=int(product["stock_quantity"]))]


async def _located(rest: WooRest, product: Document) -> dict[str, int]:
    """ATUM's units per location, in its order of selling priority; several lots at one place are added."""
    inventories = await rest.get(f"products/{product['id']}/inventories")
    units: dict[str, int] = defaultdict(int)
    for inventory in sorted(inventories, key=lambda each: each.get("priority") or 0):
        counted = inventory.get("meta_data") or {}
        place = _location_of(inventory)
        if place and counted.get("manage_stock"):
            units[place] += int(counted.get("stock_quantity") or 0)
    return dict(units)


def _location_of(inventory: Document) -> str:
    first: Any = next(iter(inventory.get("location") or ()), "")
    return str(first["id"] if isinstance(first, dict) else first)
