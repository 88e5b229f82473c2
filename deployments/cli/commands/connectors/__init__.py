"""`orderflow connectors …`: what can be plugged in, what is, whether it answers, and how one more is begun."""

import typer

from deployments.cli.commands.connectors.beginning import new
from deployments.cli.commands.connectors.checking import check
from deployments.cli.commands.connectors.listing import list_connectors

group = typer.Typer(help="Channels, carriers and everybody else: what is configured, and does it answer?")
group.command("list")(list_connectors)
group.command()(check)
group.command()(new)
