"""`orderflow bundle ORDER`: a decision in a file without personal data, for somebody who shall look at it elsewhere."""

from pathlib import Path
from typing import Annotated

import typer

from connectors.database import orders
from connectors.database.decisions import UnreadableRecord, recorded_decisions
from deployments.cli.access import current_home, open_database
from deployments.cli.output import AskedWrongly, CommandFailed, console
from orderflow.replay.bundle import Bundle


def bundle(
    order: Annotated[str, typer.Argument(metavar="ORDER", help="The order's number, our id or the channel's id.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="By default printed.")] = None,
) -> None:
    """Writes the order's newest decision with all it was made from; names, streets, mail and phone are masked.

    `orderflow decisions replay --bundle FILE` makes the decision again on any machine, without a database.
    """
    home = current_home()
    with open_database(home) as database, database.read() as conn:
        stored = orders.find_order(conn, home.vault(), order)
        if stored is None:
            raise AskedWrongly(f"no order {order!r}")
        recorded = list(recorded_decisions(conn, order_id=stored.id))
    if not recorded:
        raise AskedWrongly(f"order {stored.order.number} has no decision that was recorded with its facts")
    newest = recorded[-1]
    try:
        text = Bundle.of(newest.number, newest.document, newest.inputs).document
    except UnreadableRecord as error:
        raise CommandFailed(str(error)) from None
    if output is None:
        console.print(text, markup=False, soft_wrap=True, end="")
        return
    output.write_text(text, encoding="utf-8")
    console.print(f"Wrote {output}: the decision of {newest.number} without personal data.", markup=False)
