"""What a method did with a world: its shipping cost, what it left unfilled, and how long it took."""

from collections import Counter
from dataclasses import dataclass, field

from benchmarks.sourcing.world import World

UNFILLED_COST = 3_000  # minor units for every unit that is not shipped


@dataclass
class Books:
    """The falling stock of a world and the costs of one method, in minor units."""

    left: Counter[tuple[str, str]]
    shipping: int = 0
    parcels: int = 0
    unfilled: int = 0
    unfilled_while_stock: int = 0
    milliseconds: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, world: World) -> "Books":
        """The books before the first order."""
        return cls(left=Counter(world.stock))

    @property
    def cost(self) -> int:
        """Shipping and the charge for unfilled units."""
        return self.shipping + UNFILLED_COST * self.unfilled

    def take(self, location: str, sku: str, units: int) -> None:
        """Units leave a location. More than there are is a fault of the method, not an outcome."""
        self.left[location, sku] -= units
        if self.left[location, sku] < 0:
            raise ValueError(f"{location} ships {units} of {sku} it does not hold")

    def miss(self, world: World, sku: str, units: int) -> None:
        """Units of an order that nobody ships."""
        self.unfilled += units
        self.unfilled_while_stock += min(units, sum(self.left[code, sku] for code in world.locations))
