"""`orderflow chaos`: the proof that nothing is lost and nothing happens twice, for anybody to run again."""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from deployments.chaos.naive.run import run_naively
from deployments.chaos.plant import running_plant
from deployments.chaos.postgresql import OwnPostgresql, own_postgresql
from deployments.chaos.run import Outcome, run
from deployments.chaos.scenario import Scenario
from deployments.chaos.small_disk import small_disk
from deployments.chaos.verdict import PROMISES
from deployments.cli.output import CommandFailed, console, table

Database = Annotated[
    str, typer.Option(help="An empty database by its URL, or `postgresql` for a server started for this, else SQLite.")
]


def chaos(  # noqa: PLR0917 - options, always named
    orders: Annotated[int, typer.Option(min=1, help="How many orders to send.")] = 1000,
    kills: Annotated[int, typer.Option(min=0, help="How many processes to kill.")] = 20,
    seed: Annotated[int, typer.Option(help="Which plan of faults.")] = 7,
    database: Database = "",
    workers: Annotated[int, typer.Option(min=1, help="How many workers.")] = 3,
    orders_per_second: Annotated[
        float, typer.Option(min=0.1, help="The pace; at its limit a machine proves less.")
    ] = 10,
    naive: Annotated[bool, typer.Option("--naive", help="The same for a program that just tries again.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")] = False,
) -> None:
    """Kills and stops workers, restarts servers and fills the disk while orders come in and services misbehave.

    Ends with 0 only if every promise was kept: no order lost, no label bought twice, nothing sent or sold twice.
    """
    plan = Scenario(orders, kills, seed, workers, orders_per_second)
    if naive:
        _tell_naive(run_naively(plan), as_json=as_json)
        return
    outcome = _run(plan, database)
    _tell(outcome, as_json=as_json)
    if outcome.violations or outcome.under_way_after_a_minute:
        raise CommandFailed("not every promise was kept")


def _run(plan: Scenario, database: str) -> Outcome:
    with _database(database) as (url, postgresql), _folder() as folder, small_disk(folder) as disk:
        can = {"restarts_database": postgresql is not None, "fills_disk": disk is not None}
        scenario = Scenario(**(asdict(plan) | can))
        with running_plant(folder, url, workers=plan.workers, orders=plan.orders) as plant:
            return run(plant, scenario, postgresql, disk)


@contextmanager
def _database(named: str) -> Iterator[tuple[str, OwnPostgresql | None]]:
    if named != "postgresql":
        yield named, None
        return
    with _folder() as folder, own_postgresql(folder) as server:
        yield server.url, server


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder that stays where it is afterwards: whoever finds something wrong looks into it."""
    yield Path(tempfile.mkdtemp(prefix="orderflow-chaos-"))


def _tell(outcome: Outcome, *, as_json: bool) -> None:
    rows = [(name, PROMISES[name], count) for name, count in outcome.invariants.items()]
    console.print(table(("", "what must never be", "found"), rows))
    console.print(table(("blow", "times"), sorted(outcome.blows.items())))
    took, settled, told = round(outcome.seconds), round(outcome.settled_seconds), round(outcome.told_seconds)
    console.print(f"{outcome.orders} orders in {took} s; {settled} s after the last fault all were settled")
    console.print(f"and {told} s after it everybody was told; {outcome.under_way_after_a_minute} took over a minute")
    if as_json:
        _last_line({**asdict(outcome), "violations": outcome.violations})


def _tell_naive(found: dict[str, Any], *, as_json: bool) -> None:
    console.print(table(("what the ledger prevents", "found"), found["invariants"].items()))
    if as_json:
        _last_line(found)


def _last_line(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document, default=str) + "\n")
