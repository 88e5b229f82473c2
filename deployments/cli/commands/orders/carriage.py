"""`orderflow orders claim`: a parcel that was lost or came damaged counts against its carrier."""

from typing import Annotated

import typer

from connectors.database import carriage, orders, shipments
from deployments.cli.access import actor, current_home, open_database
from deployments.cli.output import AsJson, AskedWrongly, show
from orderflow.shipping.performance import ClaimKind


def claim(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The order's number, our id or the channel's id.")],
    kind: Annotated[ClaimKind, typer.Option(help="What went wrong.")],
    shipment: Annotated[int, typer.Option(min=1, help="Which shipment of the order.")] = 1,
    note: Annotated[str, typer.Option(help="What the customer says.")] = "",
    as_json: AsJson = False,
) -> None:
    """Notes a lost or damaged parcel; carriers are then measured by it. It asks no carrier for money."""
    home = current_home()
    with open_database(home) as database, database.write() as conn:
        stored = orders.find_order(conn, home.vault(), number)
        if stored is None:
            raise AskedWrongly(f"no order {number!r}")
        rows = shipments.shipments_of(conn, [stored.id])[stored.id]
        parcel = next((row for row in rows if row.number == shipment and row.tracking_number), None)
        if parcel is None:
            raise AskedWrongly(f"{stored.order.number} has no shipment {shipment} with a label")
        is_new = carriage.claim(conn, parcel.id, kind, note=note, actor=actor())
    said = f"shipment {shipment} of {stored.order.number} counts as {kind} against {parcel.carrier}"
    show({"shipment": shipment, "carrier": parcel.carrier, "kind": kind, "new": is_new}, said, as_json=as_json)
