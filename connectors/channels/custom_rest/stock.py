"""What a described shop holds of each SKU, and making it promise no more than there is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.channels.custom_rest.client import every
from connectors.channels.custom_rest.description import StockCall, StockWrite
from connectors.described.filling import fill, fill_path
from connectors.described.paths import pick
from connectors.errors import Refused, TryAgain, Unreadable
from connectors.reading import LARGEST_COUNT
from connectors.transport.http import HttpClient
from orderflow.inventory import StockLevel

ATTEMPTS = 3
Wanted = Mapping[tuple[str, str, str], int]


async def stock_levels(http: HttpClient, call: StockCall | None) -> tuple[StockLevel, ...]:
    """Every level the shop lists; none where the description has no `stock`. Raises Unreadable naming the path."""
    return () if call is None else tuple([_level(call, row) async for row in every(http, call, {"since": ""})])


async def set_available(
    http: HttpClient, read: StockCall | None, write: StockWrite | None, levels: Sequence[StockLevel], key: str
) -> int:
    """Sets what the shop promises; returns how many levels it accepted, none where `set_stock` is not described."""
    if write is None or not levels:
        return 0
    wanted, standing = _wanted(write, levels)
    accepted: set[tuple[str, str, str]] = set()
    for _ in range(ATTEMPTS):
        left = {place: units for place, units in wanted.items() if place not in accepted}
        before = await _before(http, read, write)
        done, stale = await _send_all(http, write, left, before, key)
        accepted |= done
        if not stale:
            return sum(standing[place] for place in accepted)
    raise TryAgain("the numbers in the shop keep changing while we set them")


def _wanted(write: StockWrite, levels: Sequence[StockLevel]) -> tuple[Wanted, Counter[tuple[str, str, str]]]:
    """The units by location, SKU and variant, and for how many levels each stands."""
    places = "location" in write.all_placeholders()
    units: Counter[tuple[str, str, str]] = Counter()
    standing: Counter[tuple[str, str, str]] = Counter()
    for level in levels:
        place = (level.location if places else "", level.sku, level.variant)
        units[place] += level.available
        standing[place] += 1
    return units, standing


async def _before(http: HttpClient, read: StockCall | None, write: StockWrite) -> Wanted | None:
    """What the shop shows now, by the same places; None where nothing is compared."""
    if read is None or "before" not in write.all_placeholders():
        return None
    return _wanted(write, await stock_levels(http, read))[0]


async def _send_all(
    http: HttpClient, write: StockWrite, wanted: Wanted, before: Wanted | None, key: str
) -> tuple[set[tuple[str, str, str]], bool]:
    """Sends what is wanted; returns what the shop accepted, and whether any number was stale."""
    known = [place for place in wanted if before is None or place in before]
    done = {place for place in known if before is not None and before[place] == wanted[place]}
    changes = [place for place in known if place not in done]
    size, stale = (write.size if write.item is not None else 1), False
    for start in range(0, len(changes), size):
        together = changes[start : start + size]
        facts = [_facts(place, wanted, before, key) for place in together]
        try:
            await _send(http, write, facts, key)
        except Refused as refusal:
            stale = stale or _is_stale(refusal, write)
            if refusal.code == "credentials":
                raise
        else:
            done.update(together)
    return done, stale


async def _send(http: HttpClient, write: StockWrite, facts: Sequence[Mapping[str, Any]], key: str) -> None:
    first = facts[0] if write.item is None else {"items": [fill(write.item, each) for each in facts], "key": key}
    path, query = fill_path(write.path, first), fill(write.query, first)
    await http.write(write.method, path, params=query, json=fill(write.body, first))


def _facts(place: tuple[str, str, str], wanted: Wanted, before: Wanted | None, key: str) -> dict[str, Any]:
    location, sku, variant = place
    shown = before[place] if before is not None else ""
    facts = {"location": location, "sku": sku, "variant": variant, "available": wanted[place]}
    return {**facts, "before": shown, "key": key}


def _is_stale(refusal: Refused, write: StockWrite) -> bool:
    return refusal.code in {f"http_{status}" for status in write.stale}


def _level(call: StockCall, row: Any) -> StockLevel:
    where = call.map
    return StockLevel(
        location=_text(row, where.location),
        sku=_text(row, where.sku, needed="stock.map.sku"),
        variant=_text(row, where.variant),
        on_hand=_units(row, where.on_hand, "stock.map.on_hand"),
        reserved=max(0, _units(row, where.reserved, "stock.map.reserved")) if where.reserved else 0,
    )


def _text(row: Any, path: str, needed: str = "") -> str:
    found = pick(row, path) if path else None
    text = str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
    if needed and not text:
        raise Unreadable(f"expected a text at {path}: mend the path", field=needed)
    return text


def _units(row: Any, path: str, field: str) -> int:
    found = pick(row, path)
    try:
        units = float(found) if not isinstance(found, bool) else None
    except (TypeError, ValueError):
        units = None
    if units is None or not units.is_integer() or abs(units) > LARGEST_COUNT:
        raise Unreadable(f"expected a whole number at {path}: mend the path", field=field)
    return int(units)
