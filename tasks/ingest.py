"""Ingest: what the channels delivered becomes orders, each version once, newer only."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import Connection

from connectors.database import holds, inbox, orders
from connectors.database.inbox import InboxRow
from connectors.errors import Unreadable
from connectors.geography import with_coordinates
from connectors.shop import Shop
from orderflow.intake import Intake, take_in
from orderflow.lifecycle import OrderStatus
from orderflow.order import Order
from tasks.labelling.cancel import release_plan

BATCH_SIZE = 200
CLAIMS_BEFORE_DEAD = 3


@dataclass(frozen=True)
class Arrival:
    """One inbox row and the orders it holds, or the reason why nobody can read it."""

    row: InboxRow
    orders: tuple[Order, ...] = ()
    unreadable: str = ""


@task(name="ingest", task_run_name="ingest what the channels delivered", cache_policy=NO_CACHE, retries=3)
async def ingest_orders(shop: Shop, owner: str, limit: int = BATCH_SIZE) -> dict[str, int]:
    """Turns due inbox rows into orders and says how many were received, updated, stale, ignored or unreadable."""
    rows = inbox.claim_inbox(shop.database, owner, limit=limit)
    arrivals = [read_arrival(shop, row) for row in rows]
    try:
        with shop.database.write() as conn:
            return dict(sum((keep_arrival(conn, shop, arrival) for arrival in arrivals), Counter()))
    except Exception:  # one row of the batch is poison: take each alone, so that only that one fails
        return dict(sum((_keep_alone(shop, arrival) for arrival in arrivals), Counter()))


def read_arrival(shop: Shop, row: InboxRow) -> Arrival:
    """The orders of one delivery. Whatever is wrong with its body is a value, so the batch goes on."""
    try:
        document = json.loads(row.body, parse_constant=_refuse_constant)
        found = shop.channel(row.source).to_orders(row.topic, document)
    except Unreadable as error:
        return Arrival(row, unreadable=f"{error.field}: {error}" if error.field else str(error))
    except (ValueError, RecursionError) as error:
        return Arrival(row, unreadable=f"the body is not the JSON it should be: {error}")
    return Arrival(row, tuple(_located(order) for order in found))


def keep_arrival(conn: Connection, shop: Shop, arrival: Arrival) -> Counter[str]:
    """Stores the orders of one delivery and ends its inbox row, in the caller's commit."""
    if arrival.unreadable:
        inbox.bury_inbox(conn, arrival.row.id, arrival.unreadable)
        return Counter(unreadable=1)
    results = Counter(keep_order(conn, shop, order) for order in arrival.orders)
    note = "" if arrival.orders else f"topic {arrival.row.topic} carries no order"
    inbox.finish_inbox(conn, arrival.row.id, note)
    return results or Counter(ignored=1)


def keep_order(conn: Connection, shop: Shop, order: Order) -> str:
    """Stores one version of an order and what follows from it; says "received", "updated" or "stale"."""
    actor = f"channel:{order.source}"
    order_id = orders.order_id_of(conn, order.source, order.external_id)
    if order_id is None:
        order_id = orders.insert_order(conn, shop.vault, order, actor=actor)
        _follow(conn, shop, order_id, actor)
        return "received"
    if not orders.update_order(conn, shop.vault, order_id, order):
        return "stale"
    _follow(conn, shop, order_id, actor)
    return "updated"


def _follow(conn: Connection, shop: Shop, order_id: str, actor: str) -> None:
    stored = orders.load_orders(conn, shop.vault, [order_id])[0]
    open_hold = holds.hold_of(conn, order_id)
    intake = take_in(stored.status, stored.order, open_hold.hold.reason if open_hold else None)
    if open_hold and (intake.mended or intake.cancel):
        holds.close_hold(conn, order_id, resolution="changed in the channel", actor=actor)
    if intake.hold and not open_hold:
        holds.open_hold(conn, order_id, intake.hold)
    _walk(conn, stored, intake, actor)


def _walk(conn: Connection, stored: orders.StoredOrder, intake: Intake, actor: str) -> None:
    for status in intake.statuses:
        last = status == intake.statuses[-1]
        stored = orders.record(
            conn,
            stored,
            owner=None,
            to_status=status,
            step="route" if last and intake.route else "none",
            kind="status",
            actor=actor,
            cancel_requested=intake.cancel or None,
        )
    if intake.cancel and stored.status is OrderStatus.CANCELLED:
        release_plan(conn, stored.id)
    elif intake.cancel and not stored.cancel_requested:
        orders.record(
            conn, stored, owner=None, step="label", kind="cancel_requested", actor=actor, cancel_requested=True
        )


def _keep_alone(shop: Shop, arrival: Arrival) -> Counter[str]:
    try:
        with shop.database.write() as conn:
            return keep_arrival(conn, shop, arrival)
    except Exception as error:  # whatever it is, it is this row's: the reason is kept where an operator looks
        reason = f"{type(error).__name__}: {error}"
    with shop.database.write() as conn:
        if arrival.row.attempts >= CLAIMS_BEFORE_DEAD:
            inbox.bury_inbox(conn, arrival.row.id, reason)
            return Counter(unreadable=1)
        inbox.retry_inbox(conn, arrival.row.id, reason, wait_seconds=10 * arrival.row.attempts)
        return Counter(postponed=1)


def _located(order: Order) -> Order:
    return order.model_copy(update={"destination": with_coordinates(order.destination)})


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number of JSON")
