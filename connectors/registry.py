"""Which connectors there are: one module in a kind's folder is one connector, found by discovery."""

import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import Any

from connectors.protocols import Carrier, Notifier, ReportSink, SalesChannel

FOLDERS: dict[str, type] = {
    "channels": SalesChannel,
    "carriers": Carrier,
    "notifiers": Notifier,
    "report_sinks": ReportSink,
}


@cache
def connectors_of(folder: str) -> Mapping[str, type[Any]]:
    """Every connector class of one folder ("carriers"), by its code, in code order."""
    package = importlib.import_module(f"connectors.{folder}")
    found = [
        _classes(f"{package.__name__}.{info.name}", FOLDERS[folder]) for info in pkgutil.iter_modules(package.__path__)
    ]
    return {cls.code: cls for cls in sorted((c for many in found for c in many), key=lambda c: c.code)}


def build(folder: str, code: str, stored: Mapping[str, str] | None = None) -> Any:
    """The connector, ready to be called. Raises NotConfigured for a missing setting, KeyError for an unknown code."""
    cls = connectors_of(folder)[code]
    return cls(cls.Settings.load(stored))


def _classes(module_name: str, kind: type) -> list[type[Any]]:
    module = importlib.import_module(module_name)
    return [
        member
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, kind) and member is not kind and member.__module__ == module_name
    ]
