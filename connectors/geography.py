"""Where an address lies, near enough to tell shipping zones apart; the table names its sources."""

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from orderflow.address import Address

TABLE = Path(__file__).with_name("geography.csv")


def with_coordinates(address: Address) -> Address:
    """The address with coordinates: its own, else those of its postal area, its region or its country.

    A place the table does not know keeps none, and the rate card then reckons with its farthest zone.
    """
    if address.has_coordinates:
        return address
    position = next((_positions()[place] for place in _places(address) if place in _positions()), None)
    if position is None:
        return address
    return address.model_copy(update={"latitude": position[0], "longitude": position[1]})


def _places(address: Address) -> Iterator[str]:
    """The table's names for where the address is, the narrowest first."""
    yield f"{address.country} {address.postal_code.strip()[:3]}"
    yield f"{address.country}-{address.region.strip().upper()}"
    yield address.country


@cache
def _positions() -> Mapping[str, tuple[float, float]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {row["place"]: (float(row["latitude"]), float(row["longitude"])) for row in rows}
