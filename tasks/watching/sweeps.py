"""Sweeps by the clock of the database: each is done once in its time, by whichever watch comes first.

A sweep that fails does not stop the others; it is due again after a few minutes.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from prefect import get_run_logger
from prefect.exceptions import MissingContextError

from connectors.database import cursors
from connectors.shop import Shop
from tasks.telling.outcomes.doubts import settle_doubts
from tasks.watching.books import (
    forget_silent_workers,
    tell_dead_letters,
    tell_gaps,
    tell_late,
    tell_stock_drift,
    tell_uncertain,
    tell_undecided,
)
from tasks.watching.sold_labels import settle_sold_labels

AGAIN_SECONDS = 300


@dataclass(frozen=True)
class Sweep:
    """One thing looked at now and then; it returns how much it found or settled."""

    name: str
    every_seconds: float
    work: Callable[[Shop], Awaitable[int]]


SWEEPS = (
    Sweep("undecided", 60, tell_undecided),
    Sweep("late", 300, tell_late),
    Sweep("doubts", 300, settle_doubts),
    Sweep("stock_drift", 900, tell_stock_drift),
    Sweep("gaps", 900, tell_gaps),
    Sweep("dead_letters", 900, tell_dead_letters),
    Sweep("uncertain", 900, tell_uncertain),
    Sweep("sold_labels", 3600, settle_sold_labels),
    Sweep("forgotten_workers", 24 * 3600, forget_silent_workers),
)


async def sweep_due(shop: Shop) -> dict[str, int]:
    """Does the sweeps whose time has come; says what each found, and how many failed."""
    found = dict.fromkeys([*(sweep.name for sweep in SWEEPS), "failed_sweeps"], 0)
    for sweep in SWEEPS:
        with shop.database.write() as conn:
            if not cursors.take_turn(conn, _turn(sweep), sweep.every_seconds):
                continue
        try:
            found[sweep.name] = await sweep.work(shop)
        except Exception as error:  # whatever it is, the other sweeps have their turn
            found["failed_sweeps"] += 1
            _put_off(shop, sweep, error)
    return found


def _turn(sweep: Sweep) -> str:
    return f"sweep:{sweep.name}"


def _put_off(shop: Shop, sweep: Sweep, error: Exception) -> None:
    with shop.database.write() as conn:
        cursors.turn_in(conn, _turn(sweep), min(AGAIN_SECONDS, sweep.every_seconds))
    try:
        get_run_logger().warning("the sweep %s failed: %s: %s", sweep.name, type(error).__name__, error)
    except MissingContextError:  # called by a test or the command line, outside a run
        return
