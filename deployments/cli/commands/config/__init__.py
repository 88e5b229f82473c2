"""`orderflow config …`: check and deploy the configuration, and go back to an earlier version of it."""

import typer

from deployments.cli.commands.config.deploying import activate, deploy, draft
from deployments.cli.commands.config.history import diff, rollback, versions
from deployments.cli.commands.config.validating import validate

group = typer.Typer(help="Check and deploy the configuration; its versions.", no_args_is_help=True)

for command in (validate, deploy, draft, activate, versions, diff, rollback):
    group.command()(command)
