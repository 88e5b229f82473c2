"""How the connectors stand in this installation: which have their settings, and which the configuration switches on."""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors import registry
from connectors.catalogue import catalogue, enabled_connectors
from connectors.database import credentials
from connectors.errors import NotConfigured
from deployments.cli.access import current_home, open_database
from deployments.first_steps import deployed_configuration
from deployments.home import Home
from deployments.sandbox.app import simulator_names
from orderflow.configuration import Configuration


@dataclass(frozen=True)
class Standing:
    """One connector. `missing` are the environment variables without which it cannot be built."""

    folder: str
    code: str
    summary: str
    missing: tuple[str, ...]
    is_enabled: bool
    has_simulator: bool

    @property
    def kind(self) -> str:
        """The connector's kind, in the singular."""
        return self.folder.removesuffix("s")

    @property
    def is_configured(self) -> bool:
        """Whether it has every setting it cannot do without."""
        return not self.missing


@dataclass(frozen=True)
class Situation:
    """Every connector, and the stored credentials they are built with."""

    standings: tuple[Standing, ...]
    stored: Mapping[str, str]


def current_situation() -> Situation:
    """The situation here. Before `orderflow init` nothing is stored or switched on, and only the environment counts."""
    home = current_home()
    stored, configuration = _kept(home) if home.database_file_exists else ({}, None)
    enabled = enabled_connectors(configuration) if configuration else []
    plain = {(entry.folder, entry.code): entry.summary for entry in catalogue()}
    named = [key for key in enabled if key not in plain]
    simulated = set(simulator_names())
    standings = [
        Standing(
            folder=folder,
            code=code,
            summary=plain[folder, code.partition(":")[0]],
            missing=_missing(folder, code, stored),
            is_enabled=(folder, code) in enabled,
            has_simulator=code.partition(":")[0] in simulated,
        )
        for folder, code in (*plain, *named)
    ]
    return Situation(tuple(standings), stored)


def _kept(home: Home) -> tuple[dict[str, str], Configuration | None]:
    with open_database(home) as database:
        deployed = deployed_configuration(database)
        with database.read() as conn:
            return credentials.stored_credentials(conn, home.vault()), deployed[1] if deployed else None


def _missing(folder: str, code: str, stored: Mapping[str, str]) -> tuple[str, ...]:
    """What the settings lack; else what building it asks for, as a file that describes a service."""
    lacking = () if ":" in code else registry.connector_class(folder, code).Settings.missing(stored)
    if lacking:
        return lacking
    try:
        registry.build(folder, code, stored)
    except NotConfigured as error:
        return (error.variable,)
    return ()
