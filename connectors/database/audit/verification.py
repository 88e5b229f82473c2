"""Whether the audit trail is whole: every chain recomputed, every order's last event there, every seal as it was."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from connectors.database.audit.actions import broken_actions
from connectors.database.audit.chain import hash_of
from connectors.database.audit.days import broken_seals
from connectors.database.tables import order_event, orders


@dataclass(frozen=True)
class Flaw:
    """A place where the trail does not add up; `where` is an order's id with the event's number, or a day."""

    where: str
    problem: str


def verify(conn: Connection) -> tuple[int, list[Flaw]]:
    """How many events were recomputed, and every flaw that was found; an empty list means nothing was touched."""
    counted = 0
    flaws: list[Flaw] = []
    versions = {row.id: row.version for row in conn.execute(select(orders.c.id, orders.c.version))}
    ordered = select(order_event).order_by(order_event.c.order_id, order_event.c.seq)
    events = conn.execute(ordered.execution_options(yield_per=1000))
    for order_id, chain in groupby(events, key=lambda row: row.order_id):
        rows = list(chain)
        counted += len(rows)
        flaws += _flaws_of_chain(order_id, rows, versions.pop(order_id, None))
    flaws += [Flaw(order_id, "the order has no events") for order_id in sorted(versions)]
    touched = [*broken_actions(conn), *broken_seals(conn)]
    return counted, flaws + [Flaw(where, problem) for where, problem in touched]


def _flaws_of_chain(order_id: str, rows: Iterable[Any], version: int | None) -> Iterator[Flaw]:
    expected, previous = 1, ""
    for row in rows:
        where = f"{order_id} event {row.seq}"
        if row.seq != expected:
            yield Flaw(where, f"event {expected} is missing before it")
        elif row.previous_hash != previous:
            yield Flaw(where, "it does not follow the event before it")
        if row.hash != hash_of(row._mapping, row.previous_hash):
            yield Flaw(where, "its fields are not those its hash was made of")
        expected, previous = row.seq + 1, row.hash
    if version is not None and version != expected - 1:
        yield Flaw(order_id, f"the order is at version {version}, but its last event is {expected - 1}")
