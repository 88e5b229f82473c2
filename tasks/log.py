"""Log: decisions, exceptions and purchase-order drafts go to the sheets people read; a repeat replaces its row."""

from collections.abc import Sequence

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.database import audit, decisions, orders, outbox, shipments
from connectors.database.outbox import OutboxRow
from connectors.shop import Shop
from orderflow.notices.purchase_order import purchase_order_sheet
from orderflow.notices.sheets import Sheet, decision_log, decision_row, exception_log, exception_row
from tasks.tables import write_table
from tasks.telling.deliver import Sent, settle
from tasks.telling.facts import labelled_parcels, purchase_of, titles

BATCH_SIZE = 200


@task(name="log", task_run_name="write the decision log", cache_policy=NO_CACHE, retries=3)
async def log_decisions(shop: Shop, owner: str, limit: int = BATCH_SIZE) -> dict[str, int]:
    """Writes due rows to every enabled sink, a table at once; says how many were sent or postponed."""
    claimed = outbox.claim_outbox(shop.database, "log", owner, limit=limit)
    if not claimed:
        return {}
    with shop.database.write() as conn:
        rows = outbox.begin_sending(conn, claimed, owner)
    decided = [row for row in rows if row.kind == "decision"]
    unusual = [row for row in rows if row.kind == "exception"]
    drafted = [row for row in rows if row.kind == "purchase_order"]
    results = await _write(shop, decided, _decisions(shop, decided))
    results += await _write(shop, unusual, _exceptions(shop, unusual))
    results += await _write(shop, drafted, _drafts(shop, drafted))
    with shop.database.write() as conn:
        return dict(settle(conn, owner, results))


async def _write(shop: Shop, rows: Sequence[OutboxRow], sheet: Sheet) -> list[Sent]:
    if not rows:
        return []
    try:
        await write_table(shop, sheet)
    except Exception as error:  # whatever it is belongs to these rows; settle() tells a failure from a bug
        return [Sent(row, error=error) for row in rows]
    return [Sent(row, receipt=sheet.table) for row in rows]


def _decisions(shop: Shop, rows: Sequence[OutboxRow]) -> Sheet:
    ids = sorted({row.order_id for row in rows})
    with shop.database.read() as conn:
        found = orders.load_orders(conn, shop.vault, ids)
        parcels = shipments.shipments_of(conn, ids)
        decided = decisions.latest_decisions(conn, ids)
        actors = audit.actors_of(conn, ids, "decision")
    names, timezone = titles(shop), shop.configuration.shop.timezone
    return decision_log(
        decision_row(
            stored.id,
            stored.order,
            decided[stored.id],
            actor=actors.get(stored.id, "system:process-orders"),
            titles=names,
            parcels=labelled_parcels(parcels[stored.id]),
            timezone=timezone,
        )
        for stored in found
        if stored.id in decided
    )


def _exceptions(shop: Shop, rows: Sequence[OutboxRow]) -> Sheet:
    ids = sorted({row.order_id for row in rows})
    with shop.database.read() as conn:
        found = orders.load_orders(conn, shop.vault, ids)
        decided = decisions.latest_decisions(conn, ids)
    names, timezone = titles(shop), shop.configuration.shop.timezone
    return exception_log(
        exception_row(stored.id, stored.order, decided[stored.id], titles=names, timezone=timezone)
        for stored in found
        if stored.id in decided
    )


def _drafts(shop: Shop, rows: Sequence[OutboxRow]) -> Sheet:
    return purchase_order_sheet([purchase_of(shop, row) for row in rows], shop.configuration.shop.timezone)
