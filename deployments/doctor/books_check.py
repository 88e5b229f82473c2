"""Whether our own books add up."""

from collections.abc import Iterator

from connectors.database.invariants import MEANING, violations
from connectors.database.session import Database
from deployments.doctor.check import Check, fine, problem, warning

# These two may be true for a moment while a worker is at it; the others never.
PASSING = {"I13", "I14"}


def books_check(database: Database, *, labels_by_hand: bool) -> Iterator[Check]:
    """One check per invariant that is broken, or one that says they all hold. Reads whole tables."""
    with database.read() as conn:
        found = violations(conn, labels_by_hand=labels_by_hand)
    broken = {name: rows for name, rows in found.items() if rows}
    for name, rows in broken.items():
        words = f"{name}, {rows} rows: {MEANING[name]}"
        if name in PASSING:
            yield warning("books", words, "look again in a minute; if it stays, look at these orders")
        else:
            yield problem("books", words, "stop the workers and report it: this must never be")
    if not broken:
        yield fine("books", f"{len(found)} invariants hold")
