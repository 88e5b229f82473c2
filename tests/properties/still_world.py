"""A world in which one thing happens after the other, on either database, as a state machine needs it."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from simulation.answers import Answer
from simulation.books import Books
from simulation.clock import VirtualClock
from simulation.process import Killed
from simulation.shop import SimulatedShop
from sqlalchemy import text

from connectors.database.invariants import offenders
from connectors.database.session import Database
from tasks.ingest import ingest_orders
from tasks.labelling.label import label_orders
from tasks.log import log_decisions
from tasks.routing.route import route_orders
from tasks.sync import sync_shipments
from tasks.telling.notify import notify_people

STAGES = {stage.name: stage for stage in (ingest_orders, route_orders, label_orders, notify_people, log_decisions)}
STAGES[sync_shipments.name] = sync_shipments
_OPEN = """
    SELECT (SELECT COUNT(*) FROM inbox WHERE state = 'new') + (SELECT COUNT(*) FROM orders WHERE step <> 'none')
         + (SELECT COUNT(*) FROM outbox WHERE state IN ('new', 'sending'))
    """


class StillWorld:
    """A shop whose stages are worked one at a time; the worker may die at any call of a service."""

    def __init__(self, database: Database, clock: VirtualClock, carrier: str) -> None:
        self.database, self.clock, self.carrier = database, clock, carrier
        self.books = Books()
        self.answer, self.dies_after = Answer.OK, 0
        self._late: list[tuple[int, Callable[[], Any]]] = []
        self.shop = SimulatedShop(self, (carrier,))

    def work(self, stage: str, owner: str, answer: Answer = Answer.OK, dies_after: int = 0) -> None:
        """One stage once; every service answers so, and the worker dies at that call (at none for 0)."""
        self.answer, self.dies_after = answer, dies_after
        try:
            asyncio.run(STAGES[stage].fn(self.shop, owner))
        except Killed:
            return
        finally:
            self.answer, self.dies_after = Answer.OK, 0

    def moment(self, what: str) -> None:
        """A service is called or has just done what it was asked for."""
        self.dies_after -= 1
        if self.dies_after == 0:
            raise Killed

    def under_way(self, longest_pause_ms: int) -> AbstractContextManager[None]:
        """Nobody is frozen here."""
        return nullcontext()

    def next_answer(self, verb: str) -> Answer:
        return self.answer

    def later(self, wait_ms: int, what: str, commit: Callable[[], Any]) -> None:
        self._late.append((self.clock.now_ms + wait_ms, commit))

    async def wait(self, wait_ms: int) -> None:
        """Nobody works meanwhile, so waiting only moves the clock."""
        self.forward(wait_ms)

    def forward(self, milliseconds: int) -> None:
        """Time passes, and what is late by then is done."""
        self.clock.now_ms += milliseconds
        due = [commit for at_ms, commit in self._late if at_ms <= self.clock.now_ms]
        self._late = [(at_ms, commit) for at_ms, commit in self._late if at_ms > self.clock.now_ms]
        for commit in due:
            commit()

    def rest(self) -> bool:
        """Works in peace until nothing is left to be done; whether that came."""
        for _ in range(40):
            for stage in STAGES:
                self.work(stage, "peace")
            self.forward(130_000)
            if self.number(_OPEN) == 0:
                return True
        return False

    def number(self, query: str) -> int:
        """A figure of our books."""
        with self.database.read() as conn:
            return conn.scalar(text(query)) or 0

    def broken(self, *but: str) -> dict[str, Any]:
        """The invariants that do not hold, but for these."""
        with self.database.read() as conn:
            return {name: rows for name, rows in offenders(conn).items() if name not in but}

    def paid_twice(self) -> bool:
        """Whether a carrier that bills unused labels sold two for one parcel that are not void."""
        live = [label.reference for label in self.books.labels if not label.void]
        return self.carrier != "free" and len(live) != len(set(live))
