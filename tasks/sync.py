"""Sync: the channels learn of shipments and of what may still be sold."""

from collections.abc import Sequence

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.actions import SOURCE as ACTIONS
from connectors.database import cursors, stock
from connectors.database.orders import StoredOrder
from connectors.database.outbox import OutboxRow
from connectors.database.shipments import ShipmentRow
from connectors.errors import ConnectorError, NotConfigured
from connectors.protocols import ShipmentReport
from connectors.shop import Shop
from orderflow.inventory import StockLevel
from tasks.refilling import asking
from tasks.telling.deliver import deliver
from tasks.telling.facts import Facts

BATCH_SIZE = 50


@task(name="sync", task_run_name="tell the channels of shipments", cache_policy=NO_CACHE, retries=3)
async def sync_shipments(shop: Shop, owner: str, limit: int = BATCH_SIZE) -> dict[str, int]:
    """Tells channels of due shipments and cancelled units.

    Says how many were sent, postponed, uncertain or given up.
    """

    async def report(row: OutboxRow, facts: Facts) -> str:
        stored, parcels = facts.of(row)
        if row.kind in asking.KINDS:
            return await asking.ask_channel(shop, stored.order, row)
        if stored.order.source == ACTIONS:
            return "nobody to report to: an automation service hears of it by webhook"
        shipment = next(parcel for parcel in parcels if parcel.id == row.payload["shipment_id"])
        return await shop.channel(stored.order.source).report_shipment(shipment_report(shop, stored, shipment))

    return await deliver(shop, owner, "sync", report, limit=limit)


def shipment_report(shop: Shop, stored: StoredOrder, row: ShipmentRow) -> ShipmentReport:
    """What the order's channel is told of one shipment, in the channel's own ids."""
    line_ids = {line.line_no: line.line_id for line in stored.order.lines}
    return ShipmentReport(
        order_external_id=stored.order.external_id,
        shipment_reference=row.id,
        carrier=row.carrier,
        tracking_number=row.tracking_number,
        tracking_url=row.tracking_url,
        location_id=shop.channel_ids(stored.order.source).get(row.location, ""),
        lines=tuple((line_ids[line.line_no], line.quantity) for line in row.lines),
    )


@task(name="push availability", task_run_name="push availability to the channels", cache_policy=NO_CACHE, retries=2)
async def push_availability(shop: Shop, *, everything: bool = False) -> dict[str, int]:
    """Tells every channel and stock source what may still be sold, of the SKUs that changed since it was told last.

    Returns the levels each one accepted. A channel that fails is told again next time.
    """
    accepted = {}
    for code in shop.availability_takers:
        accepted[code] = await _push_to(shop, code, everything=everything)
    return accepted


async def _push_to(shop: Shop, code: str, *, everything: bool) -> int:
    name = f"availability:{code}"
    with shop.database.read() as conn:
        since = None if everything else cursors.cursor(conn, name)
        changed, mark = stock.changed_since(conn, since or 0)
        levels = stock.stock_view(conn, changed).levels() if changed else ()
    if not levels:
        return 0
    try:
        count = await shop.stock_source(code).set_available(in_channel_terms(shop, code, levels), key=f"{name}:{mark}")
    except NotConfigured:
        return 0
    except ConnectorError:
        return 0
    with shop.database.write() as conn:
        cursors.move_cursor(conn, name, mark)
    return count


def in_channel_terms(shop: Shop, code: str, levels: Sequence[StockLevel]) -> list[StockLevel]:
    """The levels with the channel's own ids of the locations; a location the channel does not know is left out.

    A channel for which no location has an id gets the levels under our codes, for it sums them.
    """
    known = shop.channel_ids(code)
    if not known:
        return list(levels)
    return [level.model_copy(update={"location": known[level.location]}) for level in levels if level.location in known]
