"""Orphans: labels that were sold and that nobody will use are voided, through the ledger, and people hear of it."""

from sqlalchemy import Connection

from connectors.database import orders, outbox, steps
from connectors.database.orders import StoredOrder
from connectors.database.steps import StepIntent, StepRow
from connectors.errors import OutcomeUnknown, TryAgain
from connectors.protocols import Carrier, SoldLabel
from connectors.shop import Shop
from orderflow.effects import StepState
from tasks.telling.announce import sweep_items

OWNER = "watch:sold-labels"
ACTOR = "system:watch-orders"
KIND = "orphan"
_BEGUN_AT_ONCE = 500


async def void_orphan(shop: Shop, carrier: Carrier, sold: SoldLabel, stored: StoredOrder) -> bool:
    """Voids a label of an order the caller has claimed; False where it was void already or the carrier keeps it."""
    key = f"{sold.reference}/{KIND}/{sold.provider_reference}"
    intent = StepIntent(key, stored.id, KIND, carrier.code, carrier.code, sold.provider_reference)
    with shop.database.write() as conn:
        begun = steps.begin_steps(conn, [intent], OWNER)[key].row
    if begun.state is StepState.DONE or not await _void(shop, carrier, begun):
        return False
    with shop.database.write() as conn:
        note_orphan(conn, shop, begun, sold, "orphan_label_voided")
    return True


async def finish_begun_voids(shop: Shop, carrier: Carrier) -> None:
    """Asks again for voids a process died in: voiding twice changes nothing."""
    with shop.database.read() as conn:
        begun = steps.unresolved_steps(conn, limit=_BEGUN_AT_ONCE)
    for row in begun:
        if row.kind == KIND and row.provider == carrier.code:
            await _void(shop, carrier, row)


def note_orphan(conn: Connection, shop: Shop, begun: StepRow, sold: SoldLabel, kind: str) -> None:
    """Writes what became of the label on its order's timeline, and tells operations."""
    now = orders.load_orders(conn, shop.vault, [begun.order_id], lock=True)[0]
    note = f"{begun.provider} sold {sold.tracking_number or sold.provider_reference}"
    orders.record(conn, now, owner=None, kind=kind, actor=ACTOR, note=note, next_at_ms=now.next_at_ms)
    outbox.enqueue(conn, sweep_items(shop, kind, f"{KIND}/{sold.provider_reference}", 1, [begun.provider]))


async def _void(shop: Shop, carrier: Carrier, begun: StepRow) -> bool:
    """Voids what the step names and writes down how that ended; what failed is begun anew by the next sweep."""
    reference, key, attempt, owner = begun.request_hash, begun.key, begun.attempt, begun.owner
    try:
        error = "" if await carrier.void(reference) else "the carrier refuses to void"
    except (TryAgain, OutcomeUnknown) as later:
        error = str(later)
    with shop.database.write() as conn:
        if not error:
            return steps.finish_step(conn, key, attempt=attempt, owner=owner, provider_ref=reference, result={})
        steps.fail_step(conn, key, attempt=attempt, owner=owner, error=error)
        outbox.enqueue(conn, sweep_items(shop, "orphan_label_kept", f"{key}/kept", 1, [begun.provider]))
    return False
