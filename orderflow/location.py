"""The places orders ship from."""

from datetime import time
from enum import StrEnum

from pydantic import Field

from orderflow.address import Address
from orderflow.value import Value


class LocationKind(StrEnum):
    """Who packs the parcel."""

    WAREHOUSE = "warehouse"
    THIRD_PARTY = "3pl"
    DROP_SHIP = "dropship"


class StockLocation(Value):
    """A warehouse, 3PL or drop-shipper. Times are local to `timezone`; `pickup_days` are ISO weekdays, Monday is 1."""

    code: str = Field(pattern=r"^[a-z0-9_]+$")
    name: str = ""
    kind: LocationKind = LocationKind.WAREHOUSE
    address: Address
    timezone: str = "UTC"
    cutoff: time = time(14, 0)
    handling_days: int = Field(default=0, ge=0)
    pickup_days: tuple[int, ...] = (1, 2, 3, 4, 5)
    holidays: tuple[str, ...] = ()
    capacity_per_day: int | None = Field(default=None, ge=0)
    ships_international: bool = False
    channel_ids: dict[str, str] = {}

    @property
    def title(self) -> str:
        """What people call it."""
        return self.name or self.code
