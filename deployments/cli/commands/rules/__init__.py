"""`orderflow rules …`: what rules may ask, what they do, what is wrong with them, and their versions."""

import typer

from deployments.cli.commands.config.history import diff, rollback, versions

group = typer.Typer(
    help="The routing rules: their conditions, their matrix, their defects, their versions.", no_args_is_help=True
)

for command in (versions, diff, rollback):
    group.command()(command)
