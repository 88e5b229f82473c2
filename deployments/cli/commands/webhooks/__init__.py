"""`orderflow webhooks …`: what was delivered to whom, how often it was tried, and addresses that were switched off."""

import dataclasses
from typing import Annotated, Any

import typer

from connectors.database import orders, outbox
from connectors.database.outbox import Delivery, endpoints
from deployments.cli.access import current_home, moment, open_database
from deployments.cli.output import AsJson, AskedWrongly, show, table

group = typer.Typer(help="What was delivered to people and systems.", no_args_is_help=True)


@group.command("deliveries")
def list_deliveries(
    order: Annotated[str, typer.Option(help="Only those about this order.")] = "",
    way: Annotated[list[str] | None, typer.Option(help="Only webhook, email, sms, slack_channel or customer.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only those that did not arrive at the first try.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Every message with its attempts, and what its service reported later."""
    home = current_home()
    with open_database(home) as database, database.read() as conn:
        stored = orders.find_order(conn, home.vault(), order) if order else None
        if order and stored is None:
            raise AskedWrongly(f"there is no order {order!r}")
        order_id = stored.id if stored else ""
        found = outbox.deliveries(conn, ways=way or (), order_id=order_id, failed=failed, limit=limit)
    columns = ("created", "what", "to", "state", "tries", "last attempt", "reported")
    show([_document(one) for one in found], table(columns, map(_row, found)), as_json=as_json)


@group.command("endpoints")
def list_endpoints(as_json: AsJson = False) -> None:
    """Every address that ever failed: since when it fails, and whether it was switched off."""
    with open_database(current_home()) as database, database.read() as conn:
        found = endpoints.endpoints(conn)
    columns = ("address", "failures", "failing since", "switched off", "last error")
    rows = [
        (one.url, one.failures, moment(one.failing_since_ms), moment(one.disabled_at_ms), one.last_error)
        for one in found
    ]
    show([dataclasses.asdict(one) for one in found], table(columns, rows), as_json=as_json)


@group.command()
def enable(
    url: Annotated[str, typer.Argument(metavar="URL", help="As `webhooks endpoints` shows it.")],
    as_json: AsJson = False,
) -> None:
    """Sends to an address again that was switched off; events from before are not sent once more."""
    with open_database(current_home()) as database, database.write() as conn:
        if not endpoints.enable(conn, url):
            raise AskedWrongly(f"no address {url!r} is switched off")
    show({"url": url, "result": "enabled"}, f"{url} is sent to again.", as_json=as_json)


def _row(one: Delivery) -> tuple[Any, ...]:
    message, last = one.message, one.attempts[-1] if one.attempts else None
    told = last and f"{last.outcome}: {last.detail}".removesuffix(": ")
    reported = one.reports[-1].status if one.reports else ""
    to = message.payload.get("to", "")
    return moment(message.created_at_ms), message.kind, to, message.state, message.attempts, told, reported


def _document(one: Delivery) -> dict[str, Any]:
    return {
        "id": one.message.id,
        "key": one.message.dedup_key,
        "kind": one.message.kind,
        "order_id": one.message.order_id,
        "to": one.message.payload.get("to", ""),
        "state": one.message.state,
        "created_at": moment(one.message.created_at_ms),
        "attempts": [dataclasses.asdict(attempt) for attempt in one.attempts],
        "reports": [dataclasses.asdict(report) for report in one.reports],
    }
