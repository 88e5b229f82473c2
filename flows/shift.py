"""A shift: what is due in its stages, and what a round of each does."""

import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import httpx
from prefect.logging import get_logger

from connectors.database import rulings
from connectors.database.operation import counts, heartbeats
from connectors.shop import Shop
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

log = get_logger("flows.shift")

PUBLISH_SECONDS = 60.0
PUSH_SECONDS = 30.0
BEAT_SECONDS = 30.0
# Orders a task run labels, and messages it sends. A run costs Prefect and us 30 ms, whatever is done in it.
LABELLED_A_RUN = 200
MESSAGES_A_RUN = 200

Stage = Callable[[Shop, str], Awaitable[Mapping[str, int]]]

# Each works on what its rows in the database say is due.
DRAINED: Mapping[str, Stage] = {
    "label": partial(label_orders, limit=LABELLED_A_RUN),
    "notify": partial(notify_people, limit=MESSAGES_A_RUN),
    "log": partial(log_decisions, limit=MESSAGES_A_RUN),
    "sync": partial(sync_shipments, limit=MESSAGES_A_RUN),
}


@dataclass
class Shift:
    """What one shift works on, and what it has done so far."""

    shop: Shop
    owner: str
    ends_at: float
    totals: Counter[str] = field(default_factory=Counter)
    routed: list[Routed] = field(default_factory=list)
    channels: set[str] = field(default_factory=set)
    published: int = 0
    published_at: float = 0.0
    pushed_at: float = 0.0
    beaten_at: float = 0.0

    @property
    def is_over(self) -> bool:
        """Whether its minutes are used up."""
        return time.monotonic() >= self.ends_at

    @property
    def rounds(self) -> dict[str, Callable[[str], Awaitable[None]]]:
        """What a hand of this name does in one round of a stage: a batch of what is due there, leased to the hand."""
        drained = {name: partial(self._drain, name) for name in DRAINED}
        return drained | {"answer": self._answer, "route": self._route, "stock": self._stock, "publish": self._publish}

    def due(self) -> dict[str, int]:
        """How much there is to do now, by stage."""
        with self.shop.database.read() as conn:
            due = counts.due_counts(conn)
            pressed = len(rulings.new_presses(conn, limit=1))
        now = time.monotonic()
        untold = len(self.routed) - self.published if now >= self.published_at + PUBLISH_SECONDS else 0
        company = {"answer": pressed, "stock": now >= self.pushed_at + PUSH_SECONDS, "publish": untold}
        return due | {"route": due["route"] + due.pop("inbox")} | company

    def beat(self) -> None:
        """Says now and then that the shift lives, whichever service holds its hands up."""
        if time.monotonic() < self.beaten_at + BEAT_SECONDS:
            return
        self.beaten_at = time.monotonic()
        with self.shop.database.write() as conn:
            heartbeats.beat(conn, self.owner, "process-orders")

    async def finish(self) -> None:
        """Tells the channels and people what the shift has not told of yet."""
        if self.routed:
            await push_availability(self.shop)
            await self._publish(self.owner)

    def _count(self, stage: str, result: Mapping[str, int]) -> None:
        self.totals.update({f"{stage}_{what}": number for what, number in result.items()})

    async def _drain(self, stage: str, hand: str) -> None:
        self._count(stage, await DRAINED[stage](self.shop, hand))

    async def _answer(self, _hand: str) -> None:
        self._count("answer", await carry_out_presses(self.shop))

    async def _route(self, hand: str) -> None:
        self._count("ingest", await ingest_orders(self.shop, hand))
        routed = await route_orders(self.shop, hand)
        self._count("route", Counter(item.decision.outcome.value for item in routed))
        self.routed += routed

    async def _stock(self, hand: str) -> None:
        self.pushed_at = time.monotonic()
        self._count("refill", await refill_backorders(self.shop, hand))
        await push_availability(self.shop)

    async def _publish(self, _hand: str) -> None:
        self.published_at, told = time.monotonic(), len(self.routed)
        try:
            await publish_decisions(self.routed)
            self.channels = await tag_with_channels(self.routed, self.channels)
        except httpx.HTTPError as error:  # Prefect is away for a moment, which is no reason to stop working
            log.warning("the decisions are published later: %s", error)
            return
        self.published = told
