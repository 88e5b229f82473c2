"""The configuration a command about rules looks at."""

from pathlib import Path
from typing import Annotated

import typer

from deployments.cli.access import current_home
from deployments.cli.commands.config.validating import read_configuration, read_json
from deployments.cli.output import CommandFailed
from deployments.dry_run import active_or_written
from orderflow.configuration import Configuration

RulesFile = Annotated[Path | None, typer.Argument(metavar="FILE", help="By default the active configuration.")]


def configuration_of(file: Path | None, *, as_json: bool) -> Configuration:
    """What the file says; else the active configuration, else the one written in the usual place."""
    if file is not None:
        return read_configuration(file, read_json(file), as_json=as_json)[0]
    found = active_or_written(current_home())
    if found is None:
        raise CommandFailed("there is no configuration yet: run `orderflow init`, or name a file")
    return found
