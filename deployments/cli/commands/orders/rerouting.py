"""`orderflow orders override|reject`: a person chooses the location, or passes on a location's refusal."""

from typing import Annotated

import typer

from deployments.cli.access import actor
from deployments.cli.acting import act_on
from deployments.cli.output import AsJson, show

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The order's number, our id or the channel's id.")]
Location = Annotated[str, typer.Option("--location", help="The stock location's code.")]


def override(
    number: Number,
    location: Location,
    reason: Annotated[str, typer.Option(help="Why, for the order's timeline.")] = "",
    as_json: AsJson = False,
) -> None:
    """Ships the order from there, whatever rules and strategies say; every later decision keeps to it."""
    # What decides is slow to import, which only this command shall wait for.
    from orderflow.rulings import Override
    from tasks.rerouting.reroute import override_location

    chosen = Override(location=location, reason=reason, actor=actor())
    said = act_on(number, lambda shop, owner, stored: override_location(shop, owner, stored, chosen))
    show({"said": said}, said, as_json=as_json)


def reject(
    number: Number,
    location: Location,
    reason: Annotated[str, typer.Option(help="What the location says, for the trace.")],
    as_json: AsJson = False,
) -> None:
    """The location will not ship the order: its stock there is free again and the order goes elsewhere."""
    from orderflow.rulings import Rejection
    from tasks.rerouting.reroute import reject_location

    refused = Rejection(location=location, reason=reason, actor=actor())
    said = act_on(number, lambda shop, owner, stored: reject_location(shop, owner, stored, refused))
    show({"said": said}, said, as_json=as_json)
