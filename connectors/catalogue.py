"""What there is to be plugged in: every connector of every kind, as its code describes itself."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from connectors.protocols.carrier import Capabilities
from connectors.protocols.connector import Connector
from connectors.protocols.sales_channel import SalesChannel
from connectors.protocols.tracking import TrackingSender
from connectors.registry import FOLDERS, canonical, connector_class, connectors_of
from connectors.settings import Variable
from orderflow.configuration import Configuration
from orderflow.configuration.connectors_named import connectors_named


@dataclass(frozen=True)
class Entry:
    """One connector. `kind` is "carrier" for what lies in connectors/carriers; `settings` says what it must be told.

    `verbs` are what it can be asked.
    `capabilities` is None where the kind promises none.
    """

    folder: str
    code: str
    summary: str
    settings: str
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
        summary=_one_line((inspect.getdoc(connector) or "").split("\n\n")[0]),
        settings=_one_line(inspect.getdoc(connector.Settings) or ""),
        variables=connector.Settings.described(),
        verbs=tuple(_verbs(FOLDERS[folder], connector)),
        capabilities=getattr(connector, "capabilities", None),
        receives_webhooks=hasattr(connector, "verify") and getattr(connector, "has_webhooks", True),
    )


def knows(folder: str, code: str) -> bool:
    """Whether there is such a connector, an alias or one with a name among them; False for an unknown kind as well."""
    try:
        return folder in FOLDERS and bool(connector_class(folder, code))
    except KeyError:
        return False


def enabled_connectors(configuration: Configuration) -> list[tuple[str, str]]:
    """The (folder, code) of every connector that has work, in the configuration's order; unknown ones are left out."""
    named = (one for one in connectors_named(configuration) if one.is_enabled)
    found = ((next((kind for kind in one.kinds if knows(kind, one.code)), ""), canonical(one.code)) for one in named)
    return list(dict.fromkeys(each for each in found if each[0]))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _verbs(kind: type, connector: type[Any]) -> Iterator[str]:
    """What the kind asks of all its connectors, and what this one adds to the kind's own way of saying no."""
    for name, member in inspect.getmembers(connector, inspect.isfunction):
        promised = next((base for base in connector.__mro__ if base in _kinds(kind) and name in vars(base)), None)
        if promised is not None and not name.startswith("_") and member is not vars(promised)[name]:
            yield name


def _kinds(kind: type) -> set[type]:
    """The classes that say what is asked of a connector of this kind."""
    return {Connector, kind, SalesChannel, TrackingSender}
