"""A small shop with two warehouses whose connectors are the simulated services."""

from functools import cache
from pathlib import Path
from typing import Any, cast

from simulation.services import KINDS, SimulatedCarrier, SimulatedChannel, SimulatedNotifier, SimulatedSheet

from connectors.installation import Folders, Installation
from connectors.shop import Shop
from orderflow.configuration import Configuration, load_configuration

_FOLDERS = Folders(labels=Path("unused"), reports=Path("unused"), orders=Path("unused"), logs=Path("unused"))


class _Clear:
    """Seals nothing: what encryption does is proved elsewhere, and takes time."""

    def seal(self, plain: bytes) -> bytes:
        return plain

    def open(self, sealed: bytes) -> bytes:
        return sealed


class _Anywhere:
    """An installation that has no home."""

    folders = _FOLDERS
    public_url = "http://127.0.0.1:8600"

    def vault(self) -> _Clear:
        return _Clear()


class SimulatedShop(Shop):
    """The real Shop, its connectors replaced at their seam; it buys labels from these kinds of carriers."""

    def __init__(self, world: Any, carriers: tuple[str, ...]) -> None:
        super().__init__(cast(Installation, _Anywhere()), world.database, configuration(carriers))
        self._built = {("carriers", kind): SimulatedCarrier(kind, world) for kind in KINDS}
        self._built |= {
            ("notifiers", code): SimulatedNotifier(code, world) for code in ("slack", "sendgrid", "webhook")
        }
        self._built |= {
            ("channels", "shopify"): SimulatedChannel(world),
            ("report_sinks", "csv_file"): SimulatedSheet(world),
        }


@cache
def configuration(carriers: tuple[str, ...]) -> Configuration:
    """Two warehouses, one channel, one sheet, and no limits that would matter."""
    document = {
        "shop": {"name": "Northwind", "home_country": "US", "currency": "USD", "timezone": "America/New_York"},
        "channels": ["shopify"],
        "sinks": ["csv_file"],
        "rate_card": "us",
        "locations": [
            _location("east", "Newark", "NJ", "07114", 40.71, -74.15),
            _location("west", "Los Angeles", "CA", "90021", 34.03, -118.24),
        ],
        "routing": {
            "home_country": "US",
            "primary_location": "east",
            "fallback_chain": ["east", "west"],
            "approval": {"limit": None, "international": False, "vip_tiers": [], "complex_plan": False},
        },
        "fulfillment": {"label_providers": list(carriers), "auto_generate_labels": True},
        "notifications": {"slack_enabled": True, "email_enabled": True, "sms_enabled": False},
    }
    return load_configuration(document)[0]


def _location(code: str, city: str, region: str, postal_code: str, latitude: float, longitude: float) -> dict[str, Any]:  # noqa: PLR0917 - an address is told in this order
    address = {"name": f"Northwind {city}", "line1": "1 Dock Road", "city": city, "region": region}
    address |= {"postal_code": postal_code, "country": "US", "phone": "+1 973 555 0101"}
    place = {"latitude": latitude, "longitude": longitude}
    return {"code": code, "name": city, "timezone": "America/New_York", "cutoff": "15:00", "address": address | place}
