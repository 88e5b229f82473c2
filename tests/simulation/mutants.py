"""Faults put into the product on purpose, each of them one the design forbids: the simulation must find every one.

A mutant changes the text of a real function and gives the function that code while it is applied, so whoever calls it,
by whatever name, runs the change.
"""

import inspect
import textwrap
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import count, islice
from typing import Any

from simulation.judged import Judged
from simulation.random_schedules import random_schedule
from simulation.schedule import Schedule
from simulation.single_faults import courses, judge, paused
from simulation.stories import begin
from simulation.world import World, open_world

TRIES = 400
_SPLIT = 'conn.exec_driver_sql("COMMIT"); conn.exec_driver_sql("BEGIN IMMEDIATE")'


@dataclass(frozen=True)
class Edit:
    """One change of one function's text."""

    module: str
    function: str
    before: str
    after: str


@dataclass(frozen=True)
class Mutant:
    """A fault, and the stories in which it shows, or the courses where a long pause shows it.

    `since` is the seed to begin with: looking through those before it would only take time.
    """

    name: str
    stories: tuple[str, ...]
    edits: tuple[Edit, ...]
    since: int = 0


def _mutant(name: str, stories: str, *edits: tuple[str, str, str, str], since: int = 0) -> Mutant:
    return Mutant(name, tuple(stories.split(", ")), tuple(Edit(*edit) for edit in edits), since)


_STEPS, _ORDERS, _OUTBOX = "connectors.database.steps", "connectors.database.orders", "connectors.database.outbox"
_STOCK = "connectors.database.stock"
_INTENT = "steps.begin_steps(conn, [offer.intent() for offer in wanted], owner, grace_seconds=GRACE_SECONDS)"

MUTANTS = (
    _mutant(
        "no intent before the call", "one line, two parcels",
        ("tasks.buying.buy", "_write_intents", f"return {_INTENT}",
         f"inner = conn.begin_nested(); begun = {_INTENT}; inner.rollback(); return begun"),
    ),
    _mutant(
        "a time-out counts as not done", "one line, two parcels",
        ("tasks.buying.call", "call", "return attempt.unknown(str(error), wait_seconds=ASK_AGAIN_SECONDS)",
         "return attempt.failed(str(error))"),
        since=117,
    ),
    _mutant(
        "a 5xx counts as not done", "one line, two parcels",
        ("tasks.buying.call", "call", "return attempt.unknown(str(error), wait_seconds=ASK_AGAIN_SECONDS)",
         "return attempt.failed('5xx') if 'server error' in str(error) else attempt.unknown('?', wait_seconds=5.0)"),
        since=172,
    ),
    _mutant(
        "messages written after the commit of their cause", "one line, two parcels",
        (f"{_OUTBOX}.queue", "enqueue", "now = now_ms(conn)", f"{_SPLIT}; now = now_ms(conn)"),
        since=690,
    ),
    _mutant(
        "the event written after the commit of the change", "webhooks, one line",
        (f"{_ORDERS}.changes", "record_batch", "    write_events(", f"    {_SPLIT}\n    write_events("),
        since=198,
    ),
    _mutant(
        "a message of unknown fate is sent again", "messages",
        (f"{_OUTBOX}.queue", "_doubt", "    conn.execute(", "    return\n    conn.execute("),
        since=56,
    ),
    _mutant(
        "whoever lost the step still says how it ended", "one line, two parcels",
        (f"{_STEPS}.outcomes", "_ended", 'step.c.attempt == bindparam("ended_attempt"), step.c.owner == ',
         'bindparam("ended_attempt") != "", "" != '),
        (f"{_STEPS}.outcomes", "_done", ", step.c.attempt == done.c.attempt, step.c.owner == ", ', "" != '),
        since=51060,
    ),
    _mutant(
        "deliveries are not told apart", "webhooks",
        ("connectors.database.inbox.deliveries", "receive", "storable(dedup_key)", "storable(dedup_key) + new_id()"),
        since=31,
    ),
    _mutant(
        "stock is read, then written", "last unit",
        (f"{_STOCK}.reservations", "_refused", "all(left[cell] >= units for cell, units in cells.items())", "True"),
        (f"{_STOCK}.cells", "_promising", ".where(_same(change), enough).values(",
         ".where(_same(change)).values(shortfall=stock.c.shortfall + change.c.reserved, "),
    ),
    _mutant(
        "no grace for a late commit", "one line, two parcels",
        ("tasks.buying.buy", "_write_intents", "grace_seconds=GRACE_SECONDS", "grace_seconds=0"),
        since=305,
    ),
    _mutant(
        "a late label of a cancelled order is not waited for", "cancelled, parcels cancelled",
        ("orderflow.effects", "after_asking", "if now_ms >= resolve_after_ms:",
         "if habits.unique_reference or now_ms >= resolve_after_ms:"),
        since=261,
    ),
    _mutant(
        "a worker that slept calls all the same", "one line/lookup",
        ("orderflow.effects", "after_intent", "now_ms < started_at_ms + CALL_WITHIN_MS", "True"),
    ),
    _mutant(
        "an older version replaces a newer one", "webhooks",
        (f"{_ORDERS}.intake", "_is_newer", "return ours.source_updated_at < theirs", "return True"),
        since=49,
    ),
    _mutant(
        "a label that was found is not adopted", "one line, two parcels",
        ("tasks.buying.ask", "_ask", "if label is not None:", "if False:"),
        since=88,
    ),
    _mutant(
        "what somebody else is asked about is taken over without a lease", "two parcels",
        ("tasks.buying.ask", "resolve", "if job.stored.id in mine", "if True"),
        since=635,
    ),
    _mutant(
        "an unsure void goes to nobody", "cancelled, parcels cancelled",
        ("tasks.labelling.cancel", "_void", "return Voided.LATER, str(error)", "return Voided.DONE, ''"),
        since=19,
    ),
)  # fmt: skip

# Shows only where writers really wait for each other's rows: on PostgreSQL.
LOCKS_IN_NO_ORDER = _mutant(
    "stock is locked in no order", "",
    (f"{_STOCK}.cells", "_locking", "order_by(stock.c.sku, stock.c.variant, stock.c.location)",
     "order_by(__import__('sqlalchemy').func.random())"),
)  # fmt: skip


@contextmanager
def applied(mutant: Mutant) -> Generator[None]:
    """The product with this fault in it."""
    with ExitStack() as edits:
        for edit in mutant.edits:
            edits.enter_context(_edited(edit))
        yield


@contextmanager
def _edited(edit: Edit) -> Generator[None]:
    module = import_module(edit.module)
    kept = getattr(module, edit.function)
    function = inspect.unwrap(kept)
    text = textwrap.dedent(inspect.getsource(function))
    assert text.count(edit.before) == 1, f"{edit.function} does not say {edit.before!r} once any more"
    namespace = dict(vars(module))
    exec(compile(text.replace(edit.before, edit.after), module.__file__ or "", "exec"), namespace)
    changed = inspect.unwrap(namespace[edit.function]).__code__
    sound, function.__code__ = function.__code__, changed
    _forget(kept)
    try:
        yield
    finally:
        function.__code__ = sound
        _forget(kept)


def _forget(function: Any) -> None:
    """A function that keeps what it made once must make it anew."""
    if hasattr(function, "cache_clear"):
        function.cache_clear()


def killer_of(world: World, mutant: Mutant) -> tuple[Judged | None, int]:
    """The first schedule that fails with the fault and not without it, if one does, and how many were tried."""
    number = 0
    for number, schedule in enumerate(islice(_schedules(mutant), TRIES), start=1):
        begin(world, schedule)  # the opening is made by the sound product
        with applied(mutant):
            judged = judge(world, schedule)
        if judged.problems and not judge(world, schedule).problems:
            return judged, number
    return None, number


def _schedules(mutant: Mutant) -> Iterator[Schedule]:
    for way in courses():
        if way.name in mutant.stories:
            yield from (paused(way, moment) for moment in range(1, 41))
    yield from (drawn for seed in count(mutant.since) if (drawn := random_schedule(seed)).story in mutant.stories)


def kill_all() -> int:
    """Prints which schedule found which fault; returns how many were found by none."""
    survivors = 0
    with open_world() as world:
        for mutant in MUTANTS:
            judged, tried = killer_of(world, mutant)
            survivors += judged is None
            found = f"seed {judged.schedule.name}: {judged.problems[0]}" if judged else "SURVIVES"
            print(f"{mutant.name:<64}{tried:>4} tried  {found[:110]}", flush=True)
    return survivors
