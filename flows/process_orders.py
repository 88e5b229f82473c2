"""process-orders: a shift that takes every due order through ingest → route → label → notify → log → sync.

The database says what is due; a shift only drains it. Shifts may overlap, be killed or be run by hand:
rows are claimed by lease, so nothing is done twice and nothing is lost.
"""

import asyncio
import gc
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from prefect import flow, get_run_logger
from prefect.runtime import flow_run

from connectors.database import rulings
from connectors.database.operation import counts, heartbeats
from connectors.shop import Shop, open_shop
from flows.hands import Hands
from flows.shift_report import publish_decisions, tag_with_channels
from tasks.approving.presses import carry_out_presses
from tasks.ingest import ingest_orders
from tasks.labelling.label import label_orders
from tasks.log import log_decisions
from tasks.refilling.refill import refill_backorders
from tasks.routing.deciding import Routed
from tasks.routing.route import route_orders
from tasks.sync import push_availability, sync_shipments
from tasks.telling.notify import notify_people

PUBLISH_SECONDS = 60.0
PUSH_SECONDS = 30.0
# Orders a task run labels, and messages it sends. A run costs Prefect and us 30 ms, whatever is done in it.
LABELLED_A_RUN = 200
MESSAGES_A_RUN = 200


@dataclass
class Shift:
    """What one shift has done so far."""

    owner: str
    ends_at: float
    totals: Counter[str] = field(default_factory=Counter)
    routed: list[Routed] = field(default_factory=list)
    channels: set[str] = field(default_factory=set)
    published_at: float = 0.0
    pushed_at: float = 0.0

    @property
    def is_over(self) -> bool:
        """Whether its minutes are used up."""
        return time.monotonic() >= self.ends_at

    def count(self, stage: str, result: dict[str, int]) -> None:
        """Adds what a stage did."""
        self.totals.update({f"{stage}_{what}": number for what, number in result.items()})


@flow(name="process-orders", flow_run_name="order shift of {shift_minutes:g} minutes")
async def process_orders(
    shift_minutes: float = 15, until_idle: bool = False, poll_seconds: float = 1.0
) -> dict[str, int]:
    """Drains due orders for its minutes, about a second after they come; returns what each stage did.

    `until_idle` ends the shift as soon as nothing is due, which is what a run by hand wants.
    """
    async with open_shop() as shop:
        spare_the_collector()
        shift = Shift(owner=str(flow_run.id), ends_at=time.monotonic() + shift_minutes * 60)
        hands = Hands(shift.owner, partial(drain_round, shop, shift))
        while not shift.is_over:
            worked = await hands.work()
            await _keep_company(shop, shift)
            if not worked:
                if until_idle and not hands.are_busy:
                    break
                await asyncio.sleep(poll_seconds)
        await hands.rest()
        await _finish(shop, shift)
    return dict(shift.totals)


def spare_the_collector() -> None:
    """Leaves what a shift begins with out of every collection, for it stays until the shift ends; collects less often.

    Looking through all modules again and again was a sixth of the CPU time of an order.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


async def drain_round(shop: Shop, shift: Shift, owner: str) -> bool:
    """One batch of every stage that has something due, leased to this owner; says whether there was anything."""
    with shop.database.read() as conn:
        due = counts.due_counts(conn)
        pressed = rulings.new_presses(conn, limit=1)
    if pressed:
        shift.count("answer", await carry_out_presses(shop))
    if due["inbox"]:
        shift.count("ingest", await ingest_orders(shop, owner))
        due["route"] += 1
    if due["route"]:
        routed = await route_orders(shop, owner)
        shift.count("route", dict(Counter(item.decision.outcome.value for item in routed)))
        shift.routed += routed
        due["label"] += len(routed)
    if due["label"]:
        shift.count("label", await label_orders(shop, owner, LABELLED_A_RUN))
    return await _tell(shop, shift, owner) or any(due.values())


async def _tell(shop: Shop, shift: Shift, owner: str) -> bool:
    stages = {"notify": notify_people, "log": log_decisions, "sync": sync_shipments}
    with shop.database.read() as conn:
        due = counts.due_counts(conn)
    for stage, work in stages.items():
        if due[stage]:
            shift.count(stage, await work(shop, owner, MESSAGES_A_RUN))
    return any(due.values())


async def _keep_company(shop: Shop, shift: Shift) -> None:
    now = time.monotonic()
    if now - shift.published_at >= PUBLISH_SECONDS and shift.routed:
        shift.published_at = now
        await publish_decisions(shift.routed)
        shift.channels = await tag_with_channels(shift.routed, shift.channels)
    if now - shift.pushed_at >= PUSH_SECONDS:
        shift.pushed_at = now
        shift.count("refill", await refill_backorders(shop, shift.owner))
        await push_availability(shop)
        with shop.database.write() as conn:
            heartbeats.beat(conn, shift.owner, "process-orders")


async def _finish(shop: Shop, shift: Shift) -> None:
    if shift.routed:
        await push_availability(shop)
        await publish_decisions(shift.routed)
        await tag_with_channels(shift.routed, shift.channels)
    get_run_logger().info("shift done: %s", ", ".join(f"{k} {v}" for k, v in sorted(shift.totals.items())) or "idle")
