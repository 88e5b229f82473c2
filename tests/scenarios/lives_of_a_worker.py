"""A worker that is killed again and again, as a program: in each stage its lives end by SIGKILL a little later.

Arguments: the home folder, the database's URL, and 1 or 2, the first of every second moment at which lives end. A life
finishes what the last one left, takes in one order more and works it up to its stage, where it dies. A moment is before
or after a commit, before, during or after a call of a provider. A life that outlives its stage makes the next stage the
fatal one; the last lives end in peace. The program prints where each life died. Between two lives the clock goes
forward past every lease and grace.
"""

import asyncio
import itertools
import json
import os
import signal
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import httpx
from prefect import Task
from scenarios.floor import STAGES, MovedClock
from sqlalchemy import Connection

from connectors.database.session import Database
from connectors.shop import Shop, active_configuration
from connectors.transport.http import HttpClient
from deployments.home import Home

PEACEFUL_LIVES = 3
BETWEEN_LIVES_SECONDS = 130
SLOW_CALL_SECONDS = 0.02


class Fate:
    """Counts the moments of a life in one stage and ends it at the one that is fixed; at none for 0."""

    def __init__(self, stage: str, dies_at: int, told: int) -> None:
        self.moments_left = dies_at
        self.stage = ""
        self._fatal_stage = stage
        self._told = told

    def moment(self, name: str) -> None:
        if self.stage != self._fatal_stage:
            return
        self.moments_left -= 1
        if self.moments_left == 0:
            os.write(self._told, f"{self.stage}: {name}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)


class MortalDatabase(Database):
    """A database whose user may die around every commit."""

    fate: Fate

    @contextmanager
    def write(self) -> Generator[Connection]:
        with super().write() as conn:
            yield conn
            self.fate.moment("before a commit")
        self.fate.moment("after a commit")


def make_calls_mortal(fate: Fate) -> None:
    send = HttpClient.write

    async def mortal(self: HttpClient, *request: Any, **more: Any) -> httpx.Response:
        fate.moment("before a call")
        during = asyncio.get_running_loop().call_later(SLOW_CALL_SECONDS, partial(fate.moment, "during a call"))
        answer = await send(self, *request, **more)
        during.cancel()
        fate.moment("after a call")
        return answer

    HttpClient.write = mortal  # type: ignore[method-assign]


async def work(shop: Shop, fate: Fate, owner: str, stages: Sequence[Task[..., Any]]) -> None:
    """Finishes what is left, then one order more up to the last of these stages, where it may die."""
    for stage in STAGES[1:]:
        await stage.fn(shop, owner)
    for stage in stages:
        fate.stage = stage.name
        await stage.fn(shop, owner, limit=1 if stage is STAGES[0] and fate.moments_left else 200)


async def first_life(home: Home) -> None:
    """Works one order in peace, so that everything is imported and read once for all lives."""
    database = Database(home.database_address)
    shop = Shop(home, database, active_configuration(database))
    await work(shop, Fate("", 1, 0), "life-0", STAGES)
    await shop.aclose()
    database.close()


def live(home: Home, clock: MovedClock, fate: Fate, name: str, stages: Sequence[Task[..., Any]]) -> NoReturn:
    """One life, in a process of its own."""
    database = MortalDatabase(home.database_address, clock=clock)
    database.fate = fate
    make_calls_mortal(fate)
    asyncio.run(work(Shop(home, database, active_configuration(database)), fate, name, stages))
    os._exit(0)


class Afterlife:
    """Starts one life after the other."""

    def __init__(self, home: Home) -> None:
        self._home, self._clock, self._lives = home, MovedClock(), 0
        self.told, self._tell = os.pipe()

    def dies(self, stages: Sequence[Task[..., Any]], dies_at: int) -> bool:
        """Whether a life that works these stages dies, as is fixed, at that moment of the last of them."""
        self._clock.forward(seconds=BETWEEN_LIVES_SECONDS)
        self._lives += 1
        child = os.fork()
        if child == 0:
            fate = Fate(stages[-1].name, dies_at, self._tell)
            live(self._home, self._clock, fate, f"life-{self._lives}", stages)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, f"life {self._lives} ended with an error"
        return os.WIFSIGNALED(status)

    def deaths(self) -> list[str]:
        """Where each life ended that did not end in peace."""
        os.close(self._tell)
        return os.fdopen(self.told).read().splitlines()


def main(folder: str, url: str, first: str) -> None:
    """Dies in each stage as long as it can, then lives in peace."""
    home = Home(home=Path(folder), database_url=url)
    asyncio.run(first_life(home))
    afterlife = Afterlife(home)
    for number in range(1, len(STAGES) + 1):
        moments = itertools.count(int(first), 2)
        while afterlife.dies(STAGES[:number], next(moments)):
            pass
    for _ in range(PEACEFUL_LIVES):
        assert not afterlife.dies(STAGES, 0)
    print(json.dumps(afterlife.deaths()))


if __name__ == "__main__":
    main(*sys.argv[1:])
