"""What must never be true of our books, as queries that find what breaks it.

Each query reads whole tables: an audit for the doctor, the demonstration and the tests, not for every minute. The
numbers are those of the design; I1 to I4, I7 and I12 need the books of the outside services too and are checked
where those are.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, TextClause, text

from connectors.database.invariants import effects, orders, stock
from connectors.database.session import now_ms
from orderflow.lifecycle import EDGES

MEANING: Mapping[str, str] = {
    "I5": "more is reserved than is there",
    "I6": "what is reserved, or on hand, is not the sum of its reservations, or of its ledger",
    "I8": "an order was decided or sent, and nobody is told",
    "I9": "an order's version is not the number of its events",
    "I10": "an order's last event tells another status than it has",
    "I11": "an order took a way between statuses that does not exist",
    "I13": "an order is not finished, and nobody will ever come back to it",
    "I14": "something of unknown fate is shown to nobody",
    "I15": "the units of an order line do not add up",
}


def violations(conn: Connection, *, labels_by_hand: bool = False) -> dict[str, int]:
    """How many rows break each invariant, by its number; all must be 0 when every worker rests.

    With `labels_by_hand` an order may wait for a person who makes its label.
    """
    return {name: len(rows) for name, rows in _broken(conn, labels_by_hand)}


def offenders(conn: Connection, *, labels_by_hand: bool = False) -> dict[str, Sequence[Mapping[str, Any]]]:
    """The rows that break each invariant; those that hold are left out."""
    return {name: rows for name, rows in _broken(conn, labels_by_hand) if rows}


def _broken(conn: Connection, labels_by_hand: bool) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
    settings = {"now": now_ms(conn), "labels_by_hand": int(labels_by_hand)}
    for name, query in _queries(conn.dialect.name).items():
        named = {key: value for key, value in settings.items() if f":{key}" in query.text}
        yield name, [dict(row) for row in conn.execute(query, named).mappings()]


@cache
def _queries(dialect: str) -> dict[str, TextClause]:
    edges = ", ".join(f"('{before}', '{after}')" for before, after in sorted(EDGES))
    return {
        "I5": text(stock.RESERVED_BEYOND_STOCK),
        "I6": text(stock.SUMS_DIFFER),
        "I8": text(effects.NOBODY_IS_TOLD),
        "I9": text(orders.VERSION_WITHOUT_EVENT),
        "I10": text(orders.LAST_EVENT_DIFFERS),
        "I11": text(orders.UNKNOWN_EDGE.format(edges=edges)),
        "I13": text(orders.FORGOTTEN),
        "I14": text(effects.FATE_SHOWN_TO_NOBODY),
        "I15": text(stock.LINES_DO_NOT_ADD_UP[dialect]),
    }
