"""The audit trail adds up, and shows where somebody got past the triggers."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from connectors.database.audit import Search, seal_days, sealed_days, search, timeline, verify, write_events
from connectors.database.migrations.initial import append_only
from connectors.database.orders import record
from connectors.database.session import now_ms


@pytest.fixture
def two_orders(db, make_order, paid_orders):
    """Two orders with three events each, and a fourth with everything a note may hold."""
    first, second = paid_orders(make_order(), make_order())
    with db.write() as conn:
        note = 'a "quoted" note, ünïcode, a zero\0 and half a surrogate \ud800'
        record(conn, second, owner=None, kind="note", actor="user:ops-lead", note=note, data={"kept": "zero\0"})
    return first, second


def tamper(db, statement, **values):
    """What somebody does who owns the database: takes the triggers away, changes rows, puts them back."""
    with db.write() as conn:
        for table in ("order_event", "audit_seal"):
            for removal in append_only.removal(conn.dialect.name, table):
                conn.execute(text(removal))
        conn.execute(text(statement), values)
        for table in ("order_event", "audit_seal"):
            for trigger in append_only.triggers(conn.dialect.name, table):
                conn.execute(text(trigger))


def flaws(db):
    with db.read() as conn:
        return [flaw.where for flaw in verify(conn)[1]]


@pytest.mark.requirement("OMS-05")
def test_an_untouched_trail_adds_up(db, two_orders):
    with db.read() as conn:
        assert verify(conn) == (7, [])


@pytest.mark.requirement("OMS-05")
@pytest.mark.parametrize("column", ["kind", "to_status", "actor_id", "note", "data", "occurred_at", "hash"])
def test_one_changed_field_is_found(db, two_orders, column):
    order_id = two_orders[0].id
    value = 1 if column == "occurred_at" else "changed"
    tamper(db, f"UPDATE order_event SET {column} = :value WHERE order_id = :id AND seq = 2", value=value, id=order_id)
    assert f"{order_id} event 2" in flaws(db)


def test_a_changed_event_with_a_hash_made_anew_breaks_the_chain_after_it(db, two_orders):
    order_id = two_orders[0].id
    tamper(
        db,
        "UPDATE order_event SET note = 'x', hash = :hash WHERE order_id = :id AND seq = 2",
        hash="0" * 64,
        id=order_id,
    )
    assert {f"{order_id} event 2", f"{order_id} event 3"} <= set(flaws(db))


def test_a_removed_event_is_found_in_the_middle_and_at_the_end(db, two_orders):
    first, second = (order.id for order in two_orders)
    tamper(db, "DELETE FROM order_event WHERE order_id = :id AND seq = 2", id=first)
    tamper(db, "DELETE FROM order_event WHERE order_id = :id AND seq = 4", id=second)
    assert sorted(flaws(db)) == sorted([f"{first} event 3", second])


def test_two_events_that_changed_places_are_found(db, two_orders):
    order_id = two_orders[0].id
    for old, new in ((2, 20), (3, 2), (20, 3)):
        tamper(
            db, "UPDATE order_event SET seq = :new WHERE order_id = :id AND seq = :old", id=order_id, old=old, new=new
        )
    assert {f"{order_id} event 2", f"{order_id} event 3"} <= set(flaws(db))


def _an_old_order(db, make_order, paid_orders, days):
    """An order whose first event is some days old, chained as it would have been."""
    (order,) = paid_orders(make_order())
    with db.write() as conn:
        at = now_ms(conn) - milliseconds_of(days)
        conn.execute(text("UPDATE orders SET version = 4 WHERE id = :id"), {"id": order.id})
        event = {"order_id": order.id, "seq": 4, "kind": "note", "to_status": "paid", "actor_id": "user:a"}
        write_events(conn, [{**event, "occurred_at": at}])
    return order, at


def milliseconds_of(days):
    return int(timedelta(days=days).total_seconds() * 1000)


def test_every_day_that_is_over_gets_one_seal(db, make_order, paid_orders):
    _an_old_order(db, make_order, paid_orders, days=3)
    with db.write() as conn:
        fresh = seal_days(conn)
        assert seal_days(conn) == []
        assert sealed_days(conn) == list(reversed(fresh))
    assert fresh[0].events == 1
    assert len(fresh) >= 2
    assert flaws(db) == []


def test_an_order_removed_with_all_its_events_is_shown_by_the_seal_of_the_day(db, make_order, paid_orders):
    order, _ = _an_old_order(db, make_order, paid_orders, days=3)
    with db.write() as conn:
        day = seal_days(conn)[0].day
    tamper(db, "DELETE FROM order_event WHERE order_id = :id", id=order.id)
    with db.write() as conn:
        conn.execute(text("DELETE FROM order_pii WHERE order_id = :id"), {"id": order.id})
        conn.execute(text("DELETE FROM orders WHERE id = :id"), {"id": order.id})
    assert flaws(db) == [day]


def test_a_seal_that_was_taken_away_is_missed(db, make_order, paid_orders):
    _an_old_order(db, make_order, paid_orders, days=4)
    with db.write() as conn:
        days = [seal.day for seal in seal_days(conn)]
    tamper(db, "DELETE FROM audit_seal WHERE day = :day", day=days[1])
    assert flaws(db) == [days[2]]


def test_events_are_found_by_order_person_kind_time_and_words(db, two_orders):
    first, second = two_orders
    with db.read() as conn:
        everything = search(conn, Search())
        assert len(everything) == 7
        assert {event.order_id for event in search(conn, Search(order=first.order.number))} == {first.id}
        assert [event.kind for event in search(conn, Search(order=second.id, actor="user:"))] == ["note"]
        assert len(search(conn, Search(kind="received"))) == 2
        assert [event.kind for event in search(conn, Search(words="QUOTED"))] == ["note"]
        assert search(conn, Search(words="100%")) == []
        last = timeline(conn, second.id)[-1]
        assert search(conn, Search(from_ms=last.at_ms + 1)) == []
        assert search(conn, Search(to_ms=everything[-1].at_ms)) == []
        assert len(search(conn, Search(), limit=3)) == 3
