"""Deliveries of carriers: what their webhooks brought into the inbox, kept for the parcels they are about."""

import json
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection

from connectors.database import inbox, shipments
from connectors.database.inbox import InboxRow
from connectors.errors import Unreadable
from connectors.protocols import TrackingSender
from connectors.shop import Shop
from orderflow.shipping.tracking import TrackingUpdate
from tasks.tracking.keep import keep_update

# The inbox names a carrier so, for a channel may have the same code.
CARRIER = "carrier:"


def is_from_carrier(row: InboxRow) -> bool:
    """Whether a carrier posted it."""
    return row.source.startswith(CARRIER)


def keep_deliveries(shop: Shop, rows: Sequence[InboxRow]) -> Counter[str]:
    """Keeps what the deliveries say, each in a commit of its own; what nobody can read is dead-lettered."""
    return sum((_keep_one(shop, row) for row in rows), Counter[str]())


def _keep_one(shop: Shop, row: InboxRow) -> Counter[str]:
    try:
        updates = _read(shop, row)
    except Unreadable as error:
        reason = f"{error.field}: {error}" if error.field else str(error)
    except Exception as error:  # a document nobody thought of is dead-lettered with its reason
        reason = f"{type(error).__name__}: {error}"
    else:
        with shop.database.write() as conn:
            counts = sum((_keep(conn, shop, row, told) for told in updates), Counter[str]())
            inbox.finish_inbox(conn, row.id, "" if counts else "no parcel of ours")
        return counts
    with shop.database.write() as conn:
        inbox.bury_inbox(conn, row.id, reason)
    return Counter(unreadable=1)


def _read(shop: Shop, row: InboxRow) -> tuple[TrackingUpdate, ...]:
    carrier = shop.carrier(row.source.removeprefix(CARRIER))
    if not isinstance(carrier, TrackingSender):
        raise Unreadable(f"{carrier.code} sends no news of parcels", field="source")
    return carrier.updates(json.loads(inbox.opened_body(shop.vault, row.body)))


def _keep(conn: Connection, shop: Shop, row: InboxRow, told: TrackingUpdate) -> Counter[str]:
    parcel = shipments.shipment_tracked(conn, told.tracking_number)
    if parcel is None or parcel.state not in {"labelled", "delivered"}:
        return Counter()
    shipments.begin_tracking(conn, [parcel.id])
    return Counter(told=1) + keep_update(conn, shop, parcel, told, row.source)
