"""`orderflow keys …`: the key credentials and personal data are sealed with, and putting a new one in its place."""

import dataclasses

import typer

from connectors.database.privacy import KeyUse, key_use, reseal
from deployments.cli.access import current_home, open_database
from deployments.cli.output import AsJson, ExitCode, show

group = typer.Typer(help="The secret key: which are in use, and taking a new one.", no_args_is_help=True)


@group.command()
def check(as_json: AsJson = False) -> None:
    """Counts what the first key opens, what only an older one opens, and what none opens; ends with 1 for the last."""
    home = current_home()
    with open_database(home) as database:
        found = key_use(database, home.vault())
    _tell(found, as_json=as_json)


@group.command()
def rotate(as_json: AsJson = False) -> None:
    """Seals everything again with the first key, so that the older ones can be taken away.

    First write the new key in front of the old one, with a comma between, and restart what is running.
    """
    home = current_home()
    with open_database(home) as database:
        found = reseal(database, home.vault())
    _tell(found, as_json=as_json)


def _tell(found: KeyUse, *, as_json: bool) -> None:
    words = f"{found.current} are sealed with the first key, {found.older} with older ones."
    lines = [words, "No older key is needed any more." if not found.older else "Run `orderflow keys rotate`."]
    if found.unreadable:
        lines = [words, f"{found.unreadable} are sealed with a key that is not here: restore it."]
    show(dataclasses.asdict(found), *lines, as_json=as_json)
    raise typer.Exit(ExitCode.PROBLEM if found.unreadable else ExitCode.OK)
