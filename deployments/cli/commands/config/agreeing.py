"""What a configuration would change, shown to a person who then agrees or not."""

import sys
from collections.abc import Sequence

import typer

from connectors.database.session import Database
from deployments.cli.output import AskedWrongly, CommandFailed, console
from deployments.first_steps import deployed_configuration
from deployments.home import Home
from deployments.what_if import effect_on_recent_orders
from orderflow.configuration import Configuration, ConfigurationError
from orderflow.configuration.changes import changes_between


def agreed_changes(
    home: Home, database: Database, configuration: Configuration, *, yes: bool, as_json: bool
) -> tuple[str, ...]:
    """What the configuration changes in the active version, after somebody agreed to it.

    Beside the changes stands what it would have decided for recent orders. Nobody is asked where nothing changes or no
    version is active yet. Raises AskedWrongly where nobody can be asked.
    """
    try:
        active = deployed_configuration(database)
    except ConfigurationError:
        changes: tuple[str, ...] = ("the active version cannot be read any more, so nobody can tell what changes",)
    else:
        changes = changes_between(active[1], configuration).sentences if active else ()
    if not changes:
        return ()
    if not as_json:
        shown = ["What changes:", *listed(changes), *effect_on_recent_orders(home, database, configuration)]
        console.print("\n".join(shown), markup=False, soft_wrap=True)
    if not yes:
        _ask(as_json=as_json)
    return changes


def listed(changes: Sequence[str]) -> list[str]:
    """One line for each change."""
    return [f"  · {change}" for change in changes]


def _ask(*, as_json: bool) -> None:
    if as_json or not sys.stdin.isatty():
        raise AskedWrongly("nobody is there to agree to the changes: say --yes if they are meant")
    if not typer.confirm("Put this in force?"):
        raise CommandFailed("nothing was changed")
