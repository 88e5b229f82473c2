"""`orderflow handovers …`: shipments at fulfilment partners, and what these tell by mail or telephone."""

from pathlib import Path
from typing import Annotated, Any

import typer

from connectors.database import fulfillment
from deployments.cli.access import current_home, moment, open_database
from deployments.cli.acting import act_on, look_at
from deployments.cli.output import AsJson, show, table

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The order's number, our id or the channel's id.")]
Shipment = Annotated[int | None, typer.Option(help="Which of its shipments, where several are at partners.")]
Reason = Annotated[str, typer.Option(help="What the partner says, for the order's timeline.")]

group = typer.Typer(help="Shipments at fulfilment partners.", no_args_is_help=True)


@group.command("list")
def list_handovers(
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the oldest first.")] = 100, as_json: AsJson = False
) -> None:
    """The shipments partners still have: since when, and how far they are."""
    with open_database(current_home()) as database, database.read() as conn:
        rows = [
            {
                "order": row.number,
                "location": row.location,
                "partner": row.partner,
                "reference": row.provider_reference,
                "stage": row.stage.value,
                "since": moment(row.changed_at_ms),
            }
            for row in fulfillment.open_handovers(conn, limit=limit)
        ]
    columns = ("order", "location", "partner", "reference", "stage", "since")
    show(rows, table(columns, (row.values() for row in rows), title=f"{len(rows)} at partners"), as_json=as_json)


@group.command("confirm")
def confirm(number: Number, shipment: Shipment = None, as_json: AsJson = False) -> None:
    """The partner confirms that it will send the shipment."""
    _tell(number, "accepted", shipment, as_json)


@group.command("sent")
def sent(
    number: Number,
    carrier: Annotated[str, typer.Option(help='Who carries the parcel, "ups".')],
    tracking_number: Annotated[str, typer.Option(help="The parcel's number.")],
    shipment: Shipment = None,
    as_json: AsJson = False,
) -> None:
    """The partner has sent the parcel: the customer and the channel hear of it."""
    from tasks.fulfilling.answer import parcel_sent, pass_on

    told = parcel_sent(carrier, tracking_number)
    said = act_on(number, lambda shop, owner, stored: pass_on(shop, owner, stored, told, shipment))
    show({"said": said}, said, as_json=as_json)


@group.command("reject")
def reject(number: Number, reason: Reason, shipment: Shipment = None, as_json: AsJson = False) -> None:
    """The partner will not send the shipment: it goes from elsewhere."""
    _tell(number, "rejected", shipment, as_json, reason)


@group.command("pick-list")
def pick_list(
    number: Number,
    folder: Annotated[Path, typer.Option(help="Where the files go, one for each shipment.")] = Path(),
    as_json: AsJson = False,
) -> None:
    """Writes what is to be picked, and what must be done with it, as PDF files to be printed."""
    from tasks.fulfilling.picking import pick_lists

    written: list[str] = []

    def write(shop: Any, stored: Any) -> str:
        for name, content in pick_lists(shop, stored).items():
            path = folder / Path(name).name
            path.write_bytes(content)
            written.append(str(path))
        return "\n".join(written)

    said = look_at(number, write)
    show(written, said or "nothing of the order is to be picked", as_json=as_json)


def _tell(number: str, stage: str, shipment: int | None, as_json: bool, reason: str = "") -> None:
    # What decides is slow to import, which only the commands that answer shall wait for.
    from connectors.protocols import PartnerOrder, Stage
    from tasks.fulfilling.answer import pass_on

    told = PartnerOrder("", Stage(stage), reason=reason)
    said = act_on(number, lambda shop, owner, stored: pass_on(shop, owner, stored, told, shipment))
    show({"said": said}, said, as_json=as_json)
