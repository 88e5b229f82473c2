"""`orderflow workflows …`: the deployments of prefect.yaml on the Prefect server."""

import os
from pathlib import Path
from typing import Annotated

import typer

from deployments.cli.access import current_home
from deployments.cli.output import AsJson, CommandFailed, console, show
from deployments.server.activation_process import Activation
from deployments.server.prefect_settings import prefect_variables

group = typer.Typer(help="The deployments on the Prefect server.", no_args_is_help=True)

PrefectFile = Annotated[Path | None, typer.Option("--file", help="The prefect.yaml to deploy.")]


@group.callback()
def _group() -> None:
    """Keeps `activate` a command of its own although it is the only one."""


@group.command()
def activate(file: PrefectFile = None, as_json: AsJson = False) -> None:
    """Registers every deployment of prefect.yaml and takes it out of its pause.

    The server is the one of PREFECT_API_URL, else that of `orderflow up` on this machine, which must be running.
    """
    home = current_home()
    own = {**home.variables(), **prefect_variables(home)}
    environment = {**os.environ, **own, **({} if "PREFECT_API_URL" not in os.environ else _given())}
    arguments = ["--file", str(file)] if file else []
    with console.status("deploying to Prefect …"):
        activation = Activation(environment, *arguments)
        answer = activation.wait()
    if activation.problem:
        hint = f"Is the Prefect server at {environment['PREFECT_API_URL']} running?"
        raise CommandFailed(f"{activation.problem}\n{hint}")
    names = "\n".join(f"  {name}" for name in answer["deployments"])
    show(answer, f"{len(answer['deployments'])} deployments are active:\n{names}", as_json=as_json)


def _given() -> dict[str, str]:
    """What the person's environment says of Prefect goes before our own."""
    return {name: value for name, value in os.environ.items() if name.startswith("PREFECT_")}
