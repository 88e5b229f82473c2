"""`orderflow orders …`: what there is, where it stands, why; and what a person decides about one of them."""

import typer

from deployments.cli.commands.orders.carriage import claim
from deployments.cli.commands.orders.looking import explain_order, list_orders, show_order
from deployments.cli.commands.orders.notes import note, timeline
from deployments.cli.commands.orders.rerouting import override, reject

group = typer.Typer(help="Orders: list, show, explain, override, reject, claim, note, timeline.", no_args_is_help=True)

group.command("list")(list_orders)
group.command("show")(show_order)
group.command("explain")(explain_order)
for command in (override, reject, claim, note, timeline):
    group.command()(command)
