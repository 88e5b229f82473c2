"""Ingest: what the channels delivered becomes orders, each version once, newer only."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import Connection

from connectors.database import inbox
from connectors.database.inbox import InboxRow
from connectors.errors import OutcomeUnknown, TryAgain, Unreadable
from connectors.geography import with_coordinates
from connectors.protocols.privacy import PrivacyMessenger, PrivacyRequest
from connectors.shop import Shop
from orderflow.order import Order
from tasks.actions import do_actions, is_action
from tasks.fulfilling.deliveries import hasten_orders, is_from_partner
from tasks.intake import keep_orders
from tasks.privacy import carry_out
from tasks.tracking.deliveries import is_from_carrier, keep_deliveries

BATCH_SIZE = 200
CLAIMS_BEFORE_DEAD = 3
LONGEST_WAIT_SECONDS = 600.0
# Deliveries kept in one commit. Writers take turns on SQLite, and the receiver of webhooks must not wait long for its.
A_COMMIT = 20


@dataclass(frozen=True)
class Arrival:
    """One inbox row and the orders it holds, or what it asks about people's data, or why nobody can read it (yet)."""

    row: InboxRow
    orders: tuple[Order, ...] = ()
    privacy: PrivacyRequest | None = None
    unreadable: str = ""
    postponed: str = ""


@task(name="ingest", task_run_name="ingest what the channels delivered", cache_policy=NO_CACHE, retries=3)
async def ingest_orders(shop: Shop, owner: str, limit: int = BATCH_SIZE) -> dict[str, int]:
    """Turns due inbox rows into orders; counts those received, updated, stale, ignored, unreadable and postponed."""
    rows = inbox.claim_inbox(shop.database, owner, limit=limit)
    told = keep_deliveries(shop, [row for row in rows if is_from_carrier(row)])
    told += hasten_orders(shop, [row for row in rows if is_from_partner(row)])
    told += do_actions(shop, [row for row in rows if is_action(row)])
    others = (is_from_carrier, is_from_partner, is_action)
    channels = [row for row in rows if not any(is_theirs(row) for is_theirs in others)]
    arrivals = await asyncio.gather(*(read_arrival(shop, row) for row in channels))
    groups = (arrivals[start : start + A_COMMIT] for start in range(0, len(arrivals), A_COMMIT))
    return dict(sum((_keep_group(shop, group) for group in groups), told))


def _keep_group(shop: Shop, arrivals: Sequence[Arrival]) -> Counter[str]:
    try:
        with shop.database.write() as conn:
            return keep_arrivals(conn, shop, arrivals)
    except Exception:  # one row of the batch is poison: take each alone, so that only that one fails
        return sum((_keep_alone(shop, arrival) for arrival in arrivals), Counter[str]())


async def read_arrival(shop: Shop, row: InboxRow) -> Arrival:
    """The orders of one delivery, with what its channel left out asked for.

    Whatever is wrong with its body is a value, so the batch goes on; so is a channel that cannot be asked now.
    """
    try:
        body = inbox.opened_body(shop.vault, row.body)
        document = json.loads(body, parse_constant=_refuse_constant)
        channel = shop.channel(row.source)
        if isinstance(channel, PrivacyMessenger) and (asked := channel.privacy_request(row.topic, document)):
            return Arrival(row, privacy=asked)
        found = channel.to_orders(row.topic, await channel.completed(row.topic, document))
    except (TryAgain, OutcomeUnknown) as error:
        return Arrival(row, postponed=f"{type(error).__name__}: {error}")
    except Unreadable as error:
        return Arrival(row, unreadable=f"{error.field}: {error}" if error.field else str(error))
    except (ValueError, RecursionError) as error:
        return Arrival(row, unreadable=f"the body is not the JSON it should be: {error}")
    except Exception as error:  # a document nobody thought of must not keep the others of its batch from being read
        return Arrival(row, unreadable=f"{type(error).__name__}: {error}")
    return Arrival(row, tuple(_located(order) for order in found))


def keep_arrivals(conn: Connection, shop: Shop, arrivals: Sequence[Arrival]) -> Counter[str]:
    """Stores the orders of these deliveries and ends their inbox rows, in the caller's commit."""
    counts = keep_orders(conn, shop, [order for arrival in arrivals for order in arrival.orders])
    for arrival in arrivals:
        if arrival.unreadable:
            inbox.bury_inbox(conn, arrival.row.id, arrival.unreadable)
            counts["unreadable"] += 1
        if arrival.postponed:
            inbox.retry_inbox(conn, arrival.row.id, arrival.postponed, _wait_seconds(arrival))
            counts["postponed"] += 1
        if arrival.privacy:
            carry_out(conn, shop, arrival.row.source, arrival.privacy, arrival.row.id)
            inbox.finish_inbox(conn, arrival.row.id, "about people's data")
            counts["privacy"] += 1
    read = [arrival for arrival in arrivals if not (arrival.unreadable or arrival.postponed or arrival.privacy)]
    inbox.finish_inbox_batch(conn, [arrival.row.id for arrival in read if arrival.orders])
    idle = [arrival.row.id for arrival in read if not arrival.orders]
    inbox.finish_inbox_batch(conn, idle, "this topic carries no order")
    counts["ignored"] += len(idle)
    return +counts


def _keep_alone(shop: Shop, arrival: Arrival) -> Counter[str]:
    try:
        with shop.database.write() as conn:
            return keep_arrivals(conn, shop, [arrival])
    except Exception as error:  # whatever it is, it is this row's: the reason is kept where an operator looks
        reason = f"{type(error).__name__}: {error}"
    with shop.database.write() as conn:
        if arrival.row.attempts >= CLAIMS_BEFORE_DEAD:
            inbox.bury_inbox(conn, arrival.row.id, reason)
            return Counter(unreadable=1)
        inbox.retry_inbox(conn, arrival.row.id, reason, _wait_seconds(arrival))
        return Counter(postponed=1)


def _wait_seconds(arrival: Arrival) -> float:
    return min(LONGEST_WAIT_SECONDS, 10 * arrival.row.attempts)


def _located(order: Order) -> Order:
    return order.model_copy(update={"destination": with_coordinates(order.destination)})


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number of JSON")
