"""`orderflow rules …`: what rules may ask, what they do, what is wrong with them, and their versions."""

import typer

from deployments.cli.commands.config.history import diff, rollback, versions
from deployments.cli.commands.rules.fields import fields
from deployments.cli.commands.rules.linting import lint
from deployments.cli.commands.rules.matrix import matrix

group = typer.Typer(help="The routing rules: what they ask, what becomes of whom, what is wrong.", no_args_is_help=True)

for command in (fields, matrix, lint, versions, diff, rollback):
    group.command()(command)
