"""Stock as a decision sees it."""

from collections.abc import Iterable, Mapping

from pydantic import AwareDatetime

from orderflow.value import Value


class Outlook(Value):
    """What later orders will want of a stock level, reckoned from past demand.

    `units` is what orders that would rather ship from here will want before the next replenishment; `detour_minor`
    is how much more a unit of theirs costs, on average, from their second-best location, in minor currency units.
    """

    units: float
    detour_minor: float


class StockLevel(Value):
    """What one stock location holds of one SKU and variant, in units; `outlook` where a strategy asks for it."""

    location: str
    sku: str
    variant: str = ""
    on_hand: int
    reserved: int = 0
    safety_stock: int = 0
    counted_at: AwareDatetime | None = None
    outlook: Outlook | None = None

    @property
    def available(self) -> int:
        """Units that may still be promised: on hand − reserved − safety stock, never below zero."""
        return max(0, self.on_hand - self.reserved - self.safety_stock)


class StockView:
    """The stock levels one decision was given, by location and SKU."""

    def __init__(self, levels: Iterable[StockLevel]) -> None:
        self._levels: Mapping[tuple[str, str, str], StockLevel] = {(s.location, s.sku, s.variant): s for s in levels}
        self._available = {key: level.available for key, level in self._levels.items()}

    def level(self, location: str, sku: str, variant: str = "") -> StockLevel | None:
        """The level, or None where this location does not stock it."""
        return self._levels.get((location, sku, variant))

    def available(self, location: str, sku: str, variant: str = "") -> int:
        """Units that can be promised there; 0 where it is not stocked."""
        return self._available.get((location, sku, variant), 0)

    def stocked_at(self, sku: str, variant: str = "") -> tuple[str, ...]:
        """The locations that stock it, in code order, empty or not."""
        return tuple(sorted(place for place, s, v in self._levels if (s, v) == (sku, variant)))

    def levels(self) -> tuple[StockLevel, ...]:
        """Every level, ordered by location, SKU and variant."""
        return tuple(self._levels[key] for key in sorted(self._levels))
