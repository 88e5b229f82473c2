"""Row 17, tampering with the audit trail: the database refuses it, and past the database it is seen.

What each single change breaks is proved in connectors/database/test_audit_chain.py.
"""

from contextlib import contextmanager

import pytest
from scenarios.floor import ShopFloor, an_order
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from connectors.database.audit import note_action, verify
from connectors.database.migrations.initial import append_only

ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
TABLES = ("order_event", "stock_ledger", "audit_seal", "operator_action")


@pytest.fixture(params=ENGINES)
def floor(request, opener) -> ShopFloor:
    """A shop with a sent order, on each database."""
    opened = opener(request.param)
    opened.stock(50)
    opened.deliver(an_order())
    opened.work()
    with opened.database.write() as conn:
        note_action(conn, actor="user:kim", action="looked", subject="a test", reason="why not")
        day = {"day": "2020-01-01", "events": 0, "seal": "0" * 64}
        conn.execute(text("INSERT INTO audit_seal (day, events, seal) VALUES (:day, :events, :seal)"), day)
    return opened


@contextmanager
def past_the_triggers(floor: ShopFloor):
    """A connection of somebody who owns the database."""
    with floor.database.write() as conn:
        for removal in append_only.removal(conn.dialect.name, "order_event"):
            conn.execute(text(removal))
        yield conn
        for trigger in append_only.triggers(conn.dialect.name, "order_event"):
            conn.execute(text(trigger))


@pytest.mark.requirement("OMS-05")
@pytest.mark.parametrize("table", TABLES)
def test_the_database_refuses_to_change_or_delete_a_row(floor: ShopFloor, table: str) -> None:
    before = floor.rows(f"SELECT * FROM {table}")
    assert before, "there must be something to change"
    column = next(iter(before[0]))
    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="append-only"):
            floor.change(statement)
    assert floor.rows(f"SELECT * FROM {table}") == before


@pytest.mark.requirement("OMS-05")
def test_any_flipped_letter_of_any_field_is_found(floor: ShopFloor) -> None:
    events = floor.rows("SELECT * FROM order_event ORDER BY order_id, seq")
    texts = [(event, name) for event in events for name in ("kind", "to_status", "actor_id", "note", "data", "hash")]
    for event, name in [(event, name) for event, name in texts if event[name]]:
        flipped = chr(ord(event[name][0]) ^ 1) + event[name][1:]
        assert flaws_after(floor, event, name, flipped), f"{event['seq']} {name}"
    assert flaws_after(floor, events[0], "occurred_at", events[0]["occurred_at"] + 1)


def flaws_after(floor: ShopFloor, event: dict, name: str, value: object) -> list:
    """What verification finds with this one field changed; the field is put back afterwards."""
    which = {"order_id": event["order_id"], "seq": event["seq"]}
    change = text(f"UPDATE order_event SET {name} = :value WHERE order_id = :order_id AND seq = :seq")
    with past_the_triggers(floor) as conn:
        conn.execute(change, which | {"value": value})
        found = [flaw for flaw in verify(conn)[1] if not flaw.where.startswith("2020")]
        conn.execute(change, which | {"value": event[name]})
    return found
