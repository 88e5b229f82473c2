"""Workers that are killed at any moment, and workers that work at the same time: everything happens once."""

import asyncio
import json
import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from databases import ENGINES
from scenarios.floor import STAGES, Opener, ShopFloor, an_order, keys_of
from shop_floor import place

from connectors.database.session import Database
from connectors.shop import Shop
from deployments.home import Home

TESTS = Path(__file__).parents[1]
PROGRAM = Path(__file__).with_name("lives_of_a_worker.py")
FINISHED = {"sent", "uncertain"}


def kill_again_and_again(floor: ShopFloor, *, first: int) -> list[str]:
    """Works the floor by a worker that dies at every second moment of every stage; returns where it died."""
    paths = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    command = [sys.executable, str(PROGRAM), str(floor.shop.folders.labels.parent), floor.database.url]
    done = subprocess.run(
        [*command, str(first)],
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def every_thing_once(floor: ShopFloor, orders: int) -> None:
    """Each order sent with one label, each message sent at most once, and all books agree."""
    assert [row["status"] for row in floor.rows("SELECT status FROM orders")] == ["fulfilled"] * orders
    assert len(floor.labels(void=True)) == orders
    floor.books_agree()
    for service, kind in (("slack", "messages"), ("sendgrid", "mails"), ("twilio", "texts")):
        assert all(times == 1 for times in Counter(keys_of(floor.books(service, kind))).values())
    told = Counter(row["tracking"]["number"] for row in floor.books("shopify", "fulfillments"))
    assert all(times == 1 for times in told.values())
    assert {row["state"] for row in floor.outbox()} <= FINISHED


@pytest.mark.parametrize("engine", ENGINES)
def test_a_worker_killed_at_any_moment_loses_nothing_and_does_nothing_twice(opener: Opener, engine: str) -> None:
    floor = opener(engine)
    floor.stock(200)
    orders = [an_order(("JACKET-M", 2), tags=("VIP",)) for _ in range(36)]
    place(floor.sandbox, *orders)
    floor.deliver(*orders)
    for provider in ("shippo", "shipstation"):
        floor.sandbox.fail(provider, "buy", "slow", seconds=0.06)
    deaths = kill_again_and_again(floor, first=2 if engine == "sqlite" else 1)
    assert len(deaths) > 20 and {death.split(":")[0] for death in deaths} == {stage.name for stage in STAGES}
    every_thing_once(floor, len(orders))
    assert floor.outbox(state="uncertain"), "what was on its way at a death is for a person to look at"


@pytest.mark.requirement("OF-159")
@pytest.mark.parametrize("engine", ENGINES)
def test_two_workers_at_once_do_nothing_twice(opener: Opener, engine: str) -> None:
    floor = opener(engine, fulfillment={"batch_size": 10})
    floor.stock(60)
    orders = [an_order(("LAMP-LED", 1), ("MUG-ENAMEL", 1)) for _ in range(60)]
    place(floor.sandbox, *orders)
    floor.deliver(*orders, *orders[:20])
    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(work_alone, floor, f"worker-{number}") for number in (1, 2)]
        shares = [future.result() for future in done]
    every_thing_once(floor, len(orders))
    assert {row["state"] for row in floor.outbox()} == {"sent"}
    assert floor.reserved("LAMP-LED") == 0 and floor.on_hand("LAMP-LED") == 3 * 60 - 60
    assert sum(shares) == 60 and all(shares), "both had their share"


def work_alone(floor: ShopFloor, owner: str) -> int:
    """One worker with a database pool and connectors of its own, until nothing is due; returns its labels."""
    shop = Shop(Home(home=floor.shop.folders.labels.parent), Database(floor.database.url), floor.shop.configuration)

    async def work() -> int:
        labels = idle = 0
        while idle < 5:
            worked = [await stage.fn(shop, owner, limit=10) for stage in STAGES]
            labels += worked[2].get("labelled", 0)
            idle = 0 if any(worked) else idle + 1
            await asyncio.sleep(0.02)
        await shop.aclose()
        return labels

    try:
        return asyncio.run(work())
    finally:
        shop.database.close()
