"""`orderflow stock …`: what lies where, and goods that came in."""

from typing import Annotated

import typer

from connectors.database import cursors, stock
from connectors.shop import active_configuration
from deployments.cli.access import actor, current_home, open_database
from deployments.cli.output import AsJson, AskedWrongly, show, table

group = typer.Typer(help="Stock: what lies where, and goods that came in.", no_args_is_help=True)

Sku = Annotated[str, typer.Argument(help="The SKU.")]
Variant = Annotated[str, typer.Option(help="Its variant, where it has some.")]


@group.command("show")
def show_stock(sku: Sku, variant: Variant = "", as_json: AsJson = False) -> None:
    """The units of one product at every location."""
    with open_database(current_home()) as database, database.read() as conn:
        levels = stock.stock_view(conn, [(sku, variant)]).levels()
    found = [
        {
            "location": level.location,
            "on_hand": level.on_hand,
            "reserved": level.reserved,
            "safety_stock": level.safety_stock,
            "available": level.available,
        }
        for level in sorted(levels, key=lambda level: level.location)
    ]
    columns = ("location", "on hand", "reserved", "safety stock", "available")
    show(found, table(columns, (line.values() for line in found), title=f"{sku} {variant}".strip()), as_json=as_json)


@group.command("answered")
def answered(
    number: Annotated[str, typer.Argument(metavar="PO-NUMBER", help="The purchase order the supplier answered.")],
    as_json: AsJson = False,
) -> None:
    """Notes that a supplier answered a purchase order, so that no second supplier is asked."""
    with open_database(current_home()) as database, database.write() as conn:
        is_news = cursors.take_slot(conn, "purchase-order-answered", number)
    said = f"{number} is answered" + ("" if is_news else ", as was known")
    show({"number": number, "news": is_news}, said, as_json=as_json)


@group.command("receive")
def receive(
    sku: Sku,
    *,
    units: Annotated[int, typer.Option(help="How many came; less than 0 for units found to be missing.")],
    location: Annotated[str, typer.Option(help="The stock location's code.")],
    reason: Annotated[str, typer.Option(help="The purchase order or delivery note, for the stock ledger.")],
    variant: Variant = "",
    as_json: AsJson = False,
) -> None:
    """Adds units that came to what is on hand; whoever waits for them gets them from the next shift, oldest first."""
    with open_database(current_home()) as database:
        known = sorted(place.code for place in active_configuration(database).locations)
        if location not in known:
            raise AskedWrongly(f"there is no location {location!r}; there are {', '.join(known)}")
        with database.write() as conn:
            change = stock.adjust(conn, location, sku, variant, units, f"{reason} ({actor()})")
    said = f"{sku} at {location}: {change.before} → {change.after} on hand"
    show({"before": change.before, "after": change.after, "shortfall": change.shortfall}, said, as_json=as_json)
