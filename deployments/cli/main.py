"""The `orderflow` command. Its exit codes are told in output.py."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from connectors.errors import ConnectorError
from connectors.logs import configure_logs
from deployments.chaos.command import chaos
from deployments.cli.backup import backup
from deployments.cli.bundle import bundle
from deployments.cli.commands import ALSO_CALLED, group_names, group_of
from deployments.cli.doctor import doctor
from deployments.cli.dry_run import test
from deployments.cli.init import init
from deployments.cli.output import CommandFailed, fail
from deployments.cli.up import up
from deployments.demo.command import demo
from deployments.server.problems import CannotStart
from orderflow.configuration import ConfigurationError

EXPECTED = (CommandFailed, ConnectorError, ConfigurationError, CannotStart)
SINGLE_COMMANDS = (init, test, doctor, backup, bundle, up, demo, chaos)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and exits with its code; what is expected to go wrong is said in a sentence."""
    configure_logs()
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        build_app(given)(args=split_colons(given), prog_name="orderflow")
    except EXPECTED as error:
        fail(error)


def build_app(arguments: Sequence[str] = ()) -> typer.Typer:
    """The commands these arguments may mean: the group they name, or all groups where they name none."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
    app.callback()(_choose_home)
    for command in SINGLE_COMMANDS:
        app.command()(command)
    words = {word for argument in arguments for word in (argument, argument.partition(":")[0])}
    named = [name for name in (*group_names(), *ALSO_CALLED) if name in words]
    is_single = words & {command.__name__ for command in SINGLE_COMMANDS}
    for name in named or (() if is_single else group_names()):
        app.add_typer(group_of(name), name=name)
    return app


def split_colons(arguments: Sequence[str]) -> list[str]:
    """The arguments with the first "group:command" written as two words: `config:deploy` is `config deploy`.

    >>> split_colons(["config:deploy", "a:b.json"])
    ['config', 'deploy', 'a:b.json']
    """
    for position, argument in enumerate(arguments):
        group, colon, command = argument.partition(":")
        if colon and group in (*group_names(), *ALSO_CALLED):
            return [*arguments[:position], group, command, *arguments[position + 1 :]]
    return list(arguments)


def _choose_home(
    home: Annotated[Path | None, typer.Option(help="The home folder; ORDERFLOW_HOME, by default ./.orderflow.")] = None,
) -> None:
    """OrderFlow: every paid order routed, labelled, announced and recorded.

    Exit codes: 0 done and nothing is wrong · 1 something is wrong · 2 asked wrongly.
    """
    if home:
        os.environ["ORDERFLOW_HOME"] = str(home)


if __name__ == "__main__":
    main()
