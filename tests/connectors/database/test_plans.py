"""The cost of an order does not grow with the number of orders: no statement of the daily work reads a whole table."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import ENGINES, empty_database
from sqlalchemy import event, text

from connectors.database import inbox
from connectors.database.backorders import pending_backorders
from connectors.database.holds import lapsed_holds, open_holds
from connectors.database.inbox import claim_inbox, dead_letters, finish_inbox
from connectors.database.operation.counts import due_counts
from connectors.database.orders import OrderChange, claim_orders, find_order, postpone, record_batch, update_orders
from connectors.database.outbox import claim_outbox, outbox_queue
from connectors.database.session import Database
from connectors.database.shipments import shipment_tracked, shipments_of, shipments_under_way
from connectors.database.steps import unresolved_steps
from connectors.database.stock import ReservationRequest, reserve, ship, stock_view
from connectors.database.tables import metadata
from connectors.vault import Vault, new_key

VAULT = Vault([new_key()])

# Rows whose work is done long ago, and few that are due.
MANY, FEW = 6_000, 40

PARTIAL = [
    index.name
    for table in metadata.sorted_tables
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
]

_NUMBERS = "WITH RECURSIVE number (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < {many})"
_OLD = "CASE WHEN i <= {old} THEN '%s' ELSE '%s' END"
_FILL = {
    "inbox": f"'i' || i, 's', 't', 'k' || i, 'x', NULL, i, '', {_OLD % ('done', 'new')}, 0, i, '', 0, '', ''",
    "orders": f"'o' || i, 's', 'x' || i, '#' || i, 'paid', {_OLD % ('none', 'route')}, 1, i, i, i, i, 100, 'USD',"
    " {document}, 0, i, '', 0, '', {no}",
    "outbox": "'m' || i, 'd' || i, 'notify', 'k', 'o' || i, '{{}}', {no}, "
    f"{_OLD % ('sent', 'new')}, 0, i, '', 0, '', '', i, NULL",
    "stock": "'S' || i, '', 'east', 9, 0, 0, 0, 1, 1",
    "reservation": "'o' || i, 1, 'east', 'S' || i, '', 1, 1, 'shipped'",
    "shipment": f"'p' || i, 'o' || i, 1, 'east', 'warehouse', {_OLD % ('delivered', 'labelled')}, 1, 'standard', '[]',"
    " NULL, NULL, '', '', '', '', 't' || i, '', '', '', NULL, NULL, i, i, i",
    "shipment_line": "'p' || i, 1, 'o' || i, 'S' || i, '', 1",
    "step": f"'k' || i, 'o' || i, 'label', 'p', 'a', 'h', {_OLD % ('done', 'unknown')}, 1, 'w', i, i, NULL, '',"
    " '{{}}', ''",
    "hold": "'h' || i, 'o' || i, 'address', 'c', 'f', 'd', 'r', i, CASE WHEN i <= {old} THEN i END, '', '',"
    " CASE WHEN i > 5995 THEN i END",
    "backorder": f"'b' || i, 'o' || i, 1, 'S' || i, '', 1, {_OLD % ('shipped', 'pending')}, i, i, i",
}

_DOCUMENT = """'{"source": "s", "external_id": "x", "number": "#1", "placed_at": "2024-01-15T09:30:00Z",
 "updated_at": "2024-01-15T09:30:00Z", "total": {"amount": "1", "currency": "USD"}}'"""


@pytest.fixture(scope="module", params=ENGINES)
def full(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database with years of work behind it."""
    with empty_database(request.param, Path(tmp_path_factory.mktemp("plans"))) as db:
        no = "0" if db.is_sqlite else "FALSE"
        with db.write() as conn:
            for table, columns in _FILL.items():
                filled = f"{_NUMBERS} INSERT INTO {table} SELECT {columns} FROM number"
                conn.exec_driver_sql(filled.format(many=MANY, old=MANY - FEW, no=no, document=_DOCUMENT))
        with db.write() as conn:
            conn.execute(text("ANALYZE"))
        yield db


def plan_of(db: Database, action: Callable[[], Any], *, chosen: bool = True) -> list[str]:
    """The steps in which the engine carries out each statement of the action.

    Of a few thousand rows PostgreSQL may well read all rather than look up a hundred; with `chosen` False it tells
    what it does where it has a choice: it then reads a whole table only where no index helps.
    """
    seen: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        seen.append((statement, parameters))

    event.listen(db._engine, "before_cursor_execute", note)
    try:
        action()
    finally:
        event.remove(db._engine, "before_cursor_execute", note)
    with db.write() as conn:
        if not db.is_sqlite and not chosen:
            conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN " if db.is_sqlite else "EXPLAIN "
        return [
            str(row[-1]).strip()
            for statement, parameters in seen
            if statement.startswith(("SELECT", "UPDATE", "WITH", "DELETE", "INSERT"))
            for row in conn.exec_driver_sql(explain + statement, parameters)
        ]


def whole_tables(plan: list[str]) -> list[str]:
    """The steps of the plan that read all of a table: a scan that is not of one of the small partial indexes."""
    scan = re.compile(rf"(SCAN|Seq Scan on) ({'|'.join(_FILL)})\b(?! USING (COVERING )?INDEX ({'|'.join(PARTIAL)})\b)")
    return [step for step in plan if scan.search(step)]


ACTIONS: dict[str, Callable[[Database], Any]] = {
    "inbox_due": lambda db: claim_inbox(db, "w", limit=5),
    "orders_due": lambda db: claim_orders(db, VAULT, "route", "w", limit=5),
    "outbox_due": lambda db: claim_outbox(db, "notify", "w", limit=5),
    "orders_by_number": lambda db: _reading(db, lambda conn: find_order(conn, VAULT, "#77")),
    "shipment_under_way": lambda db: _reading(db, lambda conn: shipments_under_way(conn, limit=5)),
    "shipment_by_tracking": lambda db: _reading(db, lambda conn: shipment_tracked(conn, "t77")),
    "step_unresolved": lambda db: _reading(db, lambda conn: unresolved_steps(conn, limit=5)),
    "hold_open": lambda db: _reading(db, lambda conn: open_holds(conn, 5)),
    "hold_lapsing": lambda db: _reading(db, lambda conn: lapsed_holds(conn, 5)),
    "backorder_pending": lambda db: _reading(db, lambda conn: pending_backorders(conn, limit=5)),
    "inbox_dead": lambda db: _reading(db, dead_letters),
    "inbox_pulled": lambda db: _reading(db, lambda conn: inbox.gaps(conn, within_seconds=3600)),
    "outbox_for_people": lambda db: _reading(db, outbox_queue),
}


def _reading(db: Database, action: Callable[[Any], Any]) -> None:
    with db.read() as conn:
        action(conn)


@pytest.mark.parametrize("index", ACTIONS)
def test_what_is_looked_for_is_found_by_its_index(full: Database, index: str) -> None:
    plan = plan_of(full, lambda: ACTIONS[index](full))
    assert index in " ".join(plan)
    assert whole_tables(plan) == []


def test_counting_what_is_due_reads_only_what_is_due(full: Database) -> None:
    plan = plan_of(full, lambda: _reading(full, due_counts))
    assert whole_tables(plan) == []
    assert all(index in " ".join(plan) for index in ("inbox_due", "orders_due", "outbox_due"))


def test_changing_a_batch_reads_only_its_rows(full: Database) -> None:
    def work() -> None:
        claimed = claim_orders(full, VAULT, "route", "w", limit=5)
        with full.write() as conn:
            changes = [OrderChange(order, "noted", "system", release=False) for order in claimed[1:]]
            record_batch(conn, changes, "w")
            postpone(conn, claimed[0], owner="w", wait_seconds=0, error="")
            update_orders(conn, VAULT, [claimed[0].order])
            finish_inbox(conn, "i7")
            shipments_of(conn, ["o7", "o8"])

    assert whole_tables(plan_of(full, work, chosen=False)) == []


def test_promising_and_shipping_reads_only_the_cells_asked_for(full: Database) -> None:
    def work() -> None:
        with full.write() as conn:
            requests = [ReservationRequest("new", line, f"S{line}", "", "east", 1) for line in range(1, 6)]
            reserve(conn, requests)
            ship(conn, "new", [(1, "east", 1)])
            stock_view(conn, [("S1", ""), ("S2", "")])

    assert whole_tables(plan_of(full, work, chosen=False)) == []


def test_a_statement_that_reads_a_whole_table_would_be_noticed(full: Database) -> None:
    plan = plan_of(
        full, lambda: _reading(full, lambda conn: conn.execute(text("SELECT * FROM orders WHERE total_minor = 1")))
    )
    assert whole_tables(plan) != []
