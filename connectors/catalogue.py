"""What there is to be plugged in: every connector of every kind, as its code describes itself."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from connectors.protocols.carrier import Capabilities
from connectors.protocols.connector import Connector
from connectors.protocols.sales_channel import SalesChannel
from connectors.protocols.tracking import TrackingSender
from connectors.registry import FOLDERS, connectors_of
from connectors.settings import Variable


@dataclass(frozen=True)
class Entry:
    """One connector. `kind` is "carrier" for what lies in connectors/carriers; `verbs` are what it can be asked.

    `capabilities` is None where the kind promises none.
    """

    folder: str
    code: str
    summary: str
    variables: tuple[Variable, ...]
    verbs: tuple[str, ...]
    capabilities: Capabilities | None
    receives_webhooks: bool

    @property
    def kind(self) -> str:
        """The connector's kind, in the singular."""
        return self.folder.removesuffix("s")


def catalogue() -> tuple[Entry, ...]:
    """Every connector there is, by kind and code."""
    return tuple(entry_of(folder, code) for folder in FOLDERS for code in connectors_of(folder))


def entry_of(folder: str, code: str) -> Entry:
    """What one connector says of itself. Raises KeyError for an unknown one."""
    connector = connectors_of(folder)[code]
    return Entry(
        folder=folder,
        code=code,
        summary=" ".join((inspect.getdoc(connector) or "").split("\n\n")[0].split()),
        variables=connector.Settings.described(),
        verbs=tuple(_verbs(FOLDERS[folder], connector)),
        capabilities=getattr(connector, "capabilities", None),
        receives_webhooks=hasattr(connector, "verify") and getattr(connector, "has_webhooks", True),
    )


def codes() -> dict[str, tuple[str, ...]]:
    """The codes of every kind, by its folder."""
    return {folder: tuple(connectors_of(folder)) for folder in FOLDERS}


def _verbs(kind: type, connector: type[Any]) -> Iterator[str]:
    """What the kind asks of all its connectors, and what this one adds to the kind's own way of saying no."""
    for name, member in inspect.getmembers(connector, inspect.isfunction):
        promised = next((base for base in connector.__mro__ if base in _kinds(kind) and name in vars(base)), None)
        if promised is not None and not name.startswith("_") and member is not vars(promised)[name]:
            yield name


def _kinds(kind: type) -> set[type]:
    """The classes that say what is asked of a connector of this kind."""
    return {Connector, kind, SalesChannel, TrackingSender}
