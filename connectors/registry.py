"""Which connectors there are: one module in a kind's folder is one connector, found by discovery."""

import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import Any

from connectors.protocols import Carrier, FulfillmentPartner, Notifier, Printer, ReportSink, StockSource

FOLDERS: dict[str, type] = {
    "channels": StockSource,
    "carriers": Carrier,
    "notifiers": Notifier,
    "report_sinks": ReportSink,
    "printers": Printer,
    "fulfillment": FulfillmentPartner,
}

# Other words for the same connector.
ALIASES = {"custom_api": "custom_rest"}


@cache
def connectors_of(folder: str) -> Mapping[str, type[Any]]:
    """Every connector class of one folder ("carriers"), by its code, in code order."""
    package = importlib.import_module(f"connectors.{folder}")
    found = [
        _classes(f"{package.__name__}.{info.name}", FOLDERS[folder]) for info in pkgutil.iter_modules(package.__path__)
    ]
    return {cls.code: cls for cls in sorted((c for many in found for c in many), key=lambda c: c.code)}


def canonical(code: str) -> str:
    """The connector's own code, of an alias as well: "custom_rest:wholesale" of "custom_api:wholesale"."""
    kind, colon, name = code.partition(":")
    return ALIASES.get(kind, kind) + colon + name


def connector_class(folder: str, code: str) -> type[Any]:
    """The class behind a code, with or without a name. Raises KeyError for an unknown one."""
    kind, _, name = canonical(code).partition(":")
    cls = connectors_of(folder)[kind]
    if name and not hasattr(cls, "named"):
        raise KeyError(code)
    return cls


def build(folder: str, code: str, stored: Mapping[str, str] | None = None) -> Any:
    """The connector, ready to be called. Raises NotConfigured for a missing setting, KeyError for an unknown code.

    A connector there may be several of has a `named` constructor, and codes with the name behind a colon.
    """
    cls = connector_class(folder, code)
    _, _, name = code.partition(":")
    return cls.named(name, stored) if name else cls(cls.Settings.load(stored))


def _classes(module_name: str, kind: type) -> list[type[Any]]:
    module = importlib.import_module(module_name)
    return [
        member
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, kind) and member.__module__ == module_name
    ]
