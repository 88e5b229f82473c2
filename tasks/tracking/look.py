"""Look: carriers are asked where due parcels are, within their budgets of calls."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import Connection

from connectors.database import budgets, orders, shipments
from connectors.database.shipments import ShipmentRow
from connectors.errors import TryAgain
from connectors.protocols import Carrier, FulfillmentPartner, TrackedParcel
from connectors.registry import connectors_of
from connectors.shop import Shop
from orderflow.shipping.tracking import TrackingUpdate
from tasks.tracking.keep import POLL, keep_update, tell_delay

BATCH_SIZE = 50
# Parcels kept in one commit; see the same figure of ingest.
A_COMMIT = 20
NOTHING_KNOWN_SECONDS = 4 * 3600.0
CANNOT_ASK_SECONDS = 1800.0
MINUTE_SECONDS = 60.0


@dataclass(frozen=True)
class Look:
    """One parcel with what its carrier said, None where it knows nothing yet, or the reason why it could not say."""

    row: ShipmentRow
    told: TrackingUpdate | None = None
    error: Exception | None = None


@task(name="track", task_run_name="ask carriers where parcels are", cache_policy=NO_CACHE, retries=2)
async def look_at_parcels(shop: Shop, owner: str, limit: int = BATCH_SIZE) -> dict[str, int]:
    """Looks at due parcels; says how many were looked at and how many scans, deliveries, delays and troubles came."""
    with shop.database.write() as conn:
        shipments.open_tracking(conn, _tracking_providers())
    claimed = shipments.claim_tracking(shop.database, owner, limit=limit)
    with shop.database.read() as conn:
        rows = shipments.shipments_by_id(conn, claimed)
    under_way = [rows[one] for one in claimed if rows[one].state == "labelled"]
    with shop.database.write() as conn:
        for gone in (one for one in claimed if rows[one].state != "labelled"):
            shipments.stop_tracking(conn, gone)
    granted = _within_budget(shop, under_way)
    # By order, as every worker locks orders: two that meet must not wait for each other.
    looks = list(await asyncio.gather(*(_look(shop, row) for row in sorted(granted, key=lambda row: row.order_id))))
    groups = (looks[start : start + A_COMMIT] for start in range(0, len(looks), A_COMMIT))
    counts = sum((_keep_group(shop, group) for group in groups), Counter(claimed=len(claimed), looks=len(looks)))
    return dict(+counts)


@task(name="tell delays", task_run_name="tell of parcels that miss their promise", cache_policy=NO_CACHE, retries=2)
async def tell_delays(shop: Shop, limit: int = 200) -> int:
    """Tells customers of parcels whose promise has passed, also of those nobody is due to look at; returns how many."""
    with shop.database.write() as conn:
        rows = shipments.shipments_by_id(conn, shipments.late_parcels(conn, limit=limit))
        found = orders.load_orders(conn, shop.vault, sorted({row.order_id for row in rows.values()}))
        by_id = {stored.id: stored for stored in found}
        return sum(tell_delay(conn, shop, by_id[row.order_id], row) for row in rows.values())


def _tracking_providers() -> list[str]:
    """The sellers of labels and the senders of parcels that say where these are."""
    sellers: dict[str, type[Carrier | FulfillmentPartner]] = {
        **connectors_of("carriers"),
        **connectors_of("fulfillment"),
    }
    return [code for code, seller in sellers.items() if seller.capabilities.tracks]


def _within_budget(shop: Shop, rows: Sequence[ShipmentRow]) -> list[ShipmentRow]:
    """The rows that may be asked about now: half of what the account takes in a minute, so that labels go first."""
    granted: list[ShipmentRow] = []
    with shop.database.write() as conn:
        for provider, count in Counter(row.provider for row in rows).items():
            limit = max(1, shop.configuration.fulfillment.labels_per_minute(provider) // 2)
            now = min(count, limit)
            wait_seconds = budgets.take(conn, f"tracking:{provider}", per_minute=limit, burst=limit, tokens=now)
            mine = [row for row in rows if row.provider == provider]
            taken = now if wait_seconds == 0 else 0
            granted += mine[:taken]
            for row in mine[taken:]:
                shipments.look_later(conn, row.id, wait_seconds=wait_seconds or MINUTE_SECONDS)
    return granted


async def _look(shop: Shop, row: ShipmentRow) -> Look:
    parcel = TrackedParcel(row.tracking_number, row.provider_reference, row.carrier)
    try:
        return Look(row, told=await shop.tracker(row.provider).track(parcel))
    except Exception as error:  # one carrier that fails or answers nonsense keeps no other parcel from its look
        return Look(row, error=error)


def _keep_group(shop: Shop, looks: Sequence[Look]) -> Counter[str]:
    try:
        with shop.database.write() as conn:
            return sum((_keep(conn, shop, look) for look in looks), Counter[str]())
    except Exception:  # one parcel of the group is poison: each is kept alone, so that only that one fails
        return sum((_keep_alone(shop, look) for look in looks), Counter[str]())


def _keep_alone(shop: Shop, look: Look) -> Counter[str]:
    try:
        with shop.database.write() as conn:
            return _keep(conn, shop, look)
    except Exception as error:  # it is this parcel's fault: the reason is kept where an operator looks
        with shop.database.write() as conn:
            return _keep(conn, shop, Look(look.row, error=error))


def _keep(conn: Connection, shop: Shop, look: Look) -> Counter[str]:
    if look.error is not None:
        wait = look.error.wait_seconds if isinstance(look.error, TryAgain) else CANNOT_ASK_SECONDS
        shipments.look_later(conn, look.row.id, wait_seconds=wait, error=f"{type(look.error).__name__}: {look.error}")
        return Counter(failed=1)
    if look.told is None:
        shipments.look_later(conn, look.row.id, wait_seconds=NOTHING_KNOWN_SECONDS)
        return Counter(unknown=1)
    return keep_update(conn, shop, look.row, look.told, POLL)
