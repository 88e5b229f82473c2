"""The twin's run: the same services, the same faults, the same number of kills, and then the services' books."""

import json
import os
import random
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deployments.chaos.misbehaviour import behave, misbehave
from deployments.chaos.scenario import Scenario, blows
from deployments.demo.orders import DemoOrder, made_orders
from deployments.demo.sandbox_server import SandboxServer, free_port
from deployments.server.process import Program, SupervisedProcess

SETTLED_WITHIN_SECONDS = 300.0


def run_naively(scenario: Scenario) -> dict[str, Any]:
    """Runs the twin and returns what an Outcome has, with what broke instead of our invariants."""
    folder = Path(tempfile.mkdtemp(prefix="orderflow-naive-"))
    started = time.monotonic()
    with SandboxServer(free_port(), folder / "sandbox.log", dict(os.environ), scenario.seed) as sandbox:
        books = folder / "naive.db"
        workers = [_worker(folder, books, sandbox, share, scenario.workers) for share in range(scenario.workers)]
        _write_orders(books, scenario)
        misbehave(sandbox.address)
        kills = _work_and_kill(workers, scenario, books)
        behave(sandbox.address)
        _wait_until_done(books, workers, SETTLED_WITHIN_SECONDS)
        for worker in workers:
            worker.kill_group()
        found = _broken(sandbox, scenario.orders)
    seconds = time.monotonic() - started
    violations = sum(found.values())
    return {
        "orders": scenario.orders, "kills": kills, "violations": violations, "invariants": found, "seconds": seconds
    }  # fmt: skip


def _work_and_kill(workers: list[SupervisedProcess], scenario: Scenario, books: Path) -> int:
    """Lets them work while the plan's kills fall, for as long as orders would come in; returns how many fell."""
    for worker in workers:
        worker.start()
    started, kills = time.monotonic(), 0
    for blow in (each for each in blows(scenario) if each.kind.startswith("kill")):
        time.sleep(max(0.0, started + blow.at_seconds - time.monotonic()))
        victim = workers[int(blow.chance * len(workers))]
        kills += victim.is_running
        victim.kill_group()
        victim.start()
    _wait_until_done(books, workers, scenario.seconds)
    return kills


def _wait_until_done(books: Path, workers: Iterable[SupervisedProcess], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and _open(books):
        for worker in workers:
            if not worker.is_running:
                worker.start()
        time.sleep(0.5)


def _open(books: Path) -> int:
    with sqlite3.connect(books, timeout=30) as conn:
        return int(conn.execute("SELECT COUNT(*) FROM work WHERE done = 0").fetchone()[0])


def _worker(folder: Path, books: Path, sandbox: SandboxServer, share: int, shares: int) -> SupervisedProcess:
    arguments = ("-m", "deployments.chaos.naive.worker", str(books), str(share), str(shares))
    program = Program(f"naive-{share}", arguments, folder / f"naive-{share}.log")
    return SupervisedProcess(program, {**os.environ, **sandbox.variables()})


def _write_orders(books: Path, scenario: Scenario) -> None:
    made = made_orders(scenario.orders * 2, seed=scenario.seed, now=datetime.now(UTC))
    plain = [order for order in made if order.plot not in {"bad_zip", "undeliverable"}][: scenario.orders]
    random.Random(scenario.seed).shuffle(plain)  # noqa: S311 - chance that can be repeated, not a secret
    with sqlite3.connect(books) as conn:
        conn.execute("CREATE TABLE work (number INTEGER PRIMARY KEY, document TEXT, done INTEGER DEFAULT 0)")
        conn.executemany("INSERT INTO work (number, document) VALUES (?, ?)", [(o.number, _document(o)) for o in plain])


def _document(order: DemoOrder) -> str:
    address = {"name": order.name, "line1": order.line1, "city": order.city, "region": order.region,
               "postal_code": order.postal_code, "country": "US"}  # fmt: skip
    return json.dumps({"email": order.email, "address": address})


def _broken(sandbox: SandboxServer, orders: int) -> dict[str, int]:
    labels = Counter(row["reference"] for row in sandbox.books("shippo").get("labels", []) if not row.get("voided"))
    mails = Counter(row["key"] for row in sandbox.books("sendgrid").get("mails", []))
    return {
        "labels bought twice": sum(times - 1 for times in labels.values()),
        "mails sent twice": sum(times - 1 for times in mails.values()),
        "orders without a label": orders - len(labels),
    }
