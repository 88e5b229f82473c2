"""Orders are taken in once, claimed by one, and changed only with an event."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from connectors.database.orders import (
    OrderChange,
    OrderExists,
    StaleOrder,
    StoredOrder,
    cancelled_among,
    claim_orders,
    find_order,
    insert_order,
    insert_orders,
    load_orders,
    order_id_of,
    postpone,
    record,
    record_batch,
    update_orders,
)
from connectors.database.session import Database
from connectors.vault import Vault
from orderflow.lifecycle import InvalidTransitionError, OrderStatus
from orderflow.order import Order, PaymentStatus

MakeOrder = Callable[..., Order]
PaidOrders = Callable[..., list[StoredOrder]]
S = OrderStatus


def events_of(db: Database, order_id: str) -> list[tuple]:
    query = text(
        "SELECT seq, kind, from_status, to_status, actor_id FROM order_event WHERE order_id = :id ORDER BY seq"
    )
    with db.read() as conn:
        return [tuple(row) for row in conn.execute(query, {"id": order_id})]


def test_an_order_comes_back_as_it_was_taken_in(db: Database, vault: Vault, make_order: MakeOrder) -> None:
    order = make_order(note="leave at the door")
    with db.write() as conn:
        ((key, taken),) = insert_orders(conn, vault, [order], actor="channel:shopify").items()
        (stored,) = load_orders(conn, vault, [taken.id])
    assert (key, taken) == (("shopify", order.external_id), stored)
    assert stored.order == order
    assert (stored.status, stored.step, stored.version) == (S.PENDING, "none", 1)
    assert events_of(db, stored.id) == [(1, "received", None, "pending", "channel:shopify")]


def test_an_order_is_taken_in_once(db: Database, vault: Vault, make_order: MakeOrder) -> None:
    order = make_order()
    with db.write() as conn:
        insert_order(conn, vault, order, actor="system")
    with pytest.raises(OrderExists), db.write() as conn:
        insert_order(conn, vault, order, actor="system")


def test_a_batch_takes_in_what_is_new(db: Database, vault: Vault, make_order: MakeOrder) -> None:
    first, second = make_order(), make_order()
    with db.write() as conn:
        insert_order(conn, vault, first, actor="system")
        taken = insert_orders(conn, vault, [first, second, second], actor="system")
        assert order_id_of(conn, "shopify", second.external_id) == taken["shopify", second.external_id].id
        assert order_id_of(conn, "shopify", "no such order") is None
    assert list(taken) == [("shopify", second.external_id)]


def test_an_order_taken_in_by_two_workers_at_once_is_one(db: Database, vault: Vault, make_order: MakeOrder) -> None:
    order = make_order()

    def insert(_: int) -> bool:
        with db.write() as conn:
            return bool(insert_orders(conn, vault, [order], actor="system"))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(insert, range(24))).count(True) == 1


def test_an_older_version_never_overwrites_a_newer_one(db: Database, vault: Vault, make_order: MakeOrder) -> None:
    newer = make_order(1, updated_at=make_order().updated_at + timedelta(hours=1), gift=True)
    with db.write() as conn:
        order_id = insert_order(conn, vault, newer, actor="system")
        assert not update_orders(conn, vault, [make_order(1)])
        assert not update_orders(conn, vault, [newer])
        newest = newer.model_copy(update={"updated_at": newer.updated_at + timedelta(seconds=1), "note": "ring twice"})
        (updated,) = update_orders(conn, vault, [newest])
        (stored,) = load_orders(conn, vault, [order_id])
    assert updated.stored == stored
    assert updated.before.updated_at == newer.updated_at
    assert (stored.order, stored.version) == (newest, 2)
    assert events_of(db, order_id)[1] == (2, "updated", "pending", "pending", "channel:shopify")


def test_of_two_versions_of_one_second_the_one_paid_or_cancelled_is_newer(
    db: Database, vault: Vault, make_order: MakeOrder
) -> None:
    pending = make_order(1)
    paid = pending.model_copy(update={"payment_status": PaymentStatus.PAID})
    cancelled = paid.model_copy(update={"cancelled_at": paid.placed_at})
    with db.write() as conn:
        order_id = insert_order(conn, vault, pending, actor="system")
        taken = [bool(update_orders(conn, vault, [version])) for version in (paid, pending, cancelled, paid, cancelled)]
        (stored,) = load_orders(conn, vault, [order_id])
    assert taken == [True, False, True, False, False]
    assert stored.order == cancelled


def test_of_two_versions_of_one_second_a_payment_made_beats_one_that_failed_and_an_order_sent_one_that_was_not(
    db: Database, vault: Vault, make_order: MakeOrder
) -> None:
    failed = make_order(1).model_copy(update={"payment_status": PaymentStatus.FAILED})
    paid = failed.model_copy(update={"payment_status": PaymentStatus.PAID})
    sent = paid.model_copy(update={"fulfilled": True})
    with db.write() as conn:
        order_id = insert_order(conn, vault, failed, actor="system")
        taken = [bool(update_orders(conn, vault, [version])) for version in (paid, failed, sent, paid, sent)]
        (stored,) = load_orders(conn, vault, [order_id])
    assert taken == [True, False, True, False, False]
    assert stored.order == sent


def test_of_a_batch_only_the_newer_versions_replace_what_we_have(
    db: Database, vault: Vault, make_order: MakeOrder
) -> None:
    first, second, third, unknown = (make_order() for _ in range(4))
    later = {"updated_at": first.updated_at + timedelta(hours=1), "note": "ring twice"}
    newer = [order.model_copy(update=later) for order in (first, third)]
    with db.write() as conn:
        taken = insert_orders(conn, vault, [first, second, third], actor="system")
        updated = update_orders(conn, vault, [unknown, newer[1], second, newer[0]])
        stored = load_orders(conn, vault, [one.id for one in taken.values()])
    assert {one.stored.order.number for one in updated} == {first.number, third.number}
    assert {one.order.number: one.order for one in stored} == {one.number: one for one in (second, *newer)}
    assert {one.order.number: one.version for one in stored} == {first.number: 2, second.number: 1, third.number: 2}


def test_an_order_we_do_not_know_is_not_updated(db: Database, vault: Vault, make_order: MakeOrder) -> None:
    with db.write() as conn:
        assert not update_orders(conn, vault, [make_order()])


def test_a_newer_version_leaves_the_status_and_the_step(
    db: Database, vault: Vault, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    (order,) = paid_orders(make_order(1))
    newer = order.order.model_copy(update={"updated_at": order.order.updated_at + timedelta(hours=1)})
    with db.write() as conn:
        assert update_orders(conn, vault, [newer])
        (stored,) = load_orders(conn, vault, [order.id])
    assert (stored.status, stored.step, stored.version) == (S.PAID, "route", order.version + 1)


def test_people_find_an_order_by_any_of_its_names(db: Database, vault: Vault, make_order: MakeOrder) -> None:
    with db.write() as conn:
        order_id = insert_order(conn, vault, make_order(1001), actor="system")
        for name in (order_id, "1001", "#1001", " #1001 ", "551001"):
            found = find_order(conn, vault, name)
            assert found and found.id == order_id
        assert find_order(conn, vault, "1002") is None


@pytest.mark.requirement("OF-160")
def test_personal_data_lies_sealed_in_the_database(
    db: Database, vault: Vault, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    order = make_order(note="the canary's note")
    paid_orders(order)
    with db.read() as conn:
        tables = ("orders", "order_pii", "order_event", "inbox")
        dump = b"".join(
            repr(tuple(row)).encode() for name in tables for row in conn.exec_driver_sql(f"SELECT * FROM {name}")
        )
    if db.is_sqlite:
        file = Path(db.url.removeprefix("sqlite:///"))
        dump += b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    for planted in ("Lovelace", "ada@example.org", "+15550100", "Analytical", "canary"):
        assert planted.encode() not in dump
    assert b"Austin" in dump


def test_a_stored_order_shows_no_personal_data_when_printed(
    db: Database, vault: Vault, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    (stored,) = paid_orders(make_order())
    assert "Lovelace" not in repr(stored)


def test_forgotten_personal_data_leaves_the_order(
    db: Database, vault: Vault, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    (stored,) = paid_orders(make_order())
    with db.write() as conn:
        conn.execute(text("DELETE FROM order_pii"))
        (loaded,) = load_orders(conn, vault, [stored.id])
    assert (loaded.order.customer.email, loaded.order.destination.city) == ("", "Austin")


def test_only_orders_due_for_the_step_are_claimed_longest_due_first(
    db: Database, vault: Vault, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    first, second = paid_orders(make_order(), make_order())
    paid_orders(make_order(), step="label")
    with db.write() as conn:
        record(conn, second, owner=None, kind="moved", actor="system", next_at_ms=1)
        record(conn, first, owner=None, kind="moved", actor="system", next_at_ms=2)
    (longest,) = claim_orders(db, vault, "route", "worker-1", limit=1, lease_seconds=0)
    assert longest.id == second.id
    claimed = claim_orders(db, vault, "route", "worker-1", limit=10)
    assert [order.id for order in claimed] == [second.id, first.id]
    assert [order.attempts for order in claimed] == [2, 1]
    assert claim_orders(db, vault, "route", "worker-2", limit=10) == []


def test_two_claimers_never_get_the_same_order(
    db: Database, vault: Vault, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    paid_orders(*(make_order() for _ in range(40)))

    def drain(owner: str) -> list[str]:
        taken = []
        while claimed := claim_orders(db, vault, "route", owner, limit=3):
            taken += [order.id for order in claimed]
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [order_id for ids in pool.map(drain, ["a", "b", "c", "d"]) for order_id in ids]
    assert len(taken) == len(set(taken)) == 40


@pytest.mark.requirement("OMS-05", "OMS-32", "OMS-36", "LANE-19")
def test_every_change_has_an_event_that_says_who_and_when(
    db: Database, vault: Vault, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    paid_orders(make_order())
    (order,) = claim_orders(db, vault, "route", "worker-1", limit=1)
    with db.write() as conn:
        before = db.now_ms(conn)
        order = record(
            conn,
            order,
            owner="worker-1",
            to_status=S.AWAITING_FULFILLMENT,
            step="label",
            kind="routed",
            actor="system:process-orders",
            note="nearest with stock",
            data={"location": "east"},
        )
        query = text("SELECT * FROM order_event WHERE order_id = :id AND seq = :seq")
        event = conn.execute(query, {"id": order.id, "seq": order.version}).one()
    assert (event.from_status, event.to_status) == ("paid", "awaiting_fulfillment")
    assert (event.actor_id, event.note, event.data) == (
        "system:process-orders",
        "nearest with stock",
        '{"location": "east"}',
    )
    assert event.occurred_at >= before
    assert len(events_of(db, order.id)) == order.version


@pytest.mark.requirement("LANE-19", "OMS-32")
def test_an_event_without_an_actor_is_refused(
    db: Database, vault: Vault, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    (order,) = paid_orders(make_order())
    with pytest.raises(DBAPIError), db.write() as conn:
        record(conn, order, owner=None, kind="noted", actor="")
    assert len(events_of(db, order.id)) == order.version


@pytest.mark.requirement("OMS-39")
def test_an_edge_that_does_not_exist_writes_nothing(
    db: Database, vault: Vault, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    (order,) = paid_orders(make_order())
    with pytest.raises(InvalidTransitionError, match="Invalid transition: paid → delivered"), db.write() as conn:
        record(conn, order, owner=None, to_status=S.DELIVERED, kind="delivered", actor="system")
    with db.read() as conn:
        assert load_orders(conn, vault, [order.id]) == [order]
    assert len(events_of(db, order.id)) == order.version


@pytest.mark.requirement("OMS-40")
def test_a_crash_after_the_status_leaves_neither_status_nor_event(
    db: Database, vault: Vault, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    (order,) = paid_orders(make_order())
    with pytest.raises(KeyboardInterrupt), db.write() as conn:
        record(conn, order, owner=None, to_status=S.CANCELLED, kind="cancelled", actor="user:lead")
        raise KeyboardInterrupt
    with db.read() as conn:
        assert load_orders(conn, vault, [order.id]) == [order]
    assert len(events_of(db, order.id)) == order.version


@pytest.mark.requirement("OMS-40")
def test_a_status_whose_event_cannot_be_written_is_not_written(
    db: Database, vault: Vault, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    (order,) = paid_orders(make_order())
    blocking = text(
        "INSERT INTO order_event (order_id, seq, kind, to_status, actor_id, occurred_at)"
        " VALUES (:id, :seq, 'x', 'x', 'x', 1)"
    )
    with db.write() as conn:
        conn.execute(blocking, {"id": order.id, "seq": order.version + 1})
    with pytest.raises(DBAPIError), db.write() as conn:
        record(conn, order, owner=None, to_status=S.CANCELLED, kind="cancelled", actor="user:lead")
    with db.read() as conn:
        assert load_orders(conn, vault, [order.id]) == [order]


def test_a_worker_that_lost_its_lease_cannot_write(
    db: Database, vault: Vault, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    paid_orders(make_order())
    (slow,) = claim_orders(db, vault, "route", "slow", limit=1, lease_seconds=0)
    (fast,) = claim_orders(db, vault, "route", "fast", limit=1)
    change = {"to_status": S.AWAITING_FULFILLMENT, "step": "label", "kind": "routed", "actor": "system"}
    with pytest.raises(StaleOrder), db.write() as conn:
        record(conn, slow, owner="slow", **change)
    with db.write() as conn:
        assert record(conn, fast, owner="fast", **change).status is S.AWAITING_FULFILLMENT


def test_a_change_that_came_between_makes_the_worker_stale(
    db: Database, vault: Vault, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    paid_orders(make_order())
    (order,) = claim_orders(db, vault, "route", "worker-1", limit=1)
    with db.write() as conn:
        asked = record(conn, order, owner=None, kind="cancel_asked", actor="user:lead", cancel_requested=True)
        assert cancelled_among(conn, [order.id]) == {order.id}
    assert asked.cancel_requested
    with pytest.raises(StaleOrder), db.write() as conn:
        record(conn, order, owner="worker-1", kind="routed", actor="system")
    assert claim_orders(db, vault, "route", "worker-2", limit=1) == [], "the lease is still worker-1's"


def test_several_changes_of_one_order_chain_in_one_commit(
    db: Database, vault: Vault, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    paid_orders(make_order())
    (order,) = claim_orders(db, vault, "route", "worker-1", limit=1)
    with db.write() as conn:
        order = record(conn, order, owner="worker-1", kind="noted", actor="system", release=False)
        order = record(conn, order, owner="worker-1", to_status=S.HOLD, step="none", kind="held", actor="system")
        (loaded,) = load_orders(conn, vault, [order.id])
    assert loaded == order


def test_a_batch_writes_what_is_fresh_and_names_what_is_stale(
    db: Database, vault: Vault, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    paid_orders(*(make_order() for _ in range(5)))
    claimed = claim_orders(db, vault, "route", "worker-1", limit=5)
    with db.write() as conn:
        record(conn, claimed[2], owner=None, kind="noted", actor="user:lead")
        changes = [
            OrderChange(order, "routed", "system", to_status=S.AWAITING_FULFILLMENT, step="label") for order in claimed
        ]
        done = record_batch(conn, changes, "worker-1")
    assert done.stale == {claimed[2].id}
    assert len(done.orders) == 4
    assert len(events_of(db, claimed[2].id)) == claimed[2].version + 1
    assert len(claim_orders(db, vault, "label", "worker-2", limit=10)) == 4


def test_a_postponed_order_waits_and_may_keep_its_attempt(
    db: Database, vault: Vault, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    paid_orders(make_order())
    (order,) = claim_orders(db, vault, "route", "worker-1", limit=1)
    with db.write() as conn:
        postpone(conn, order, owner="somebody else", wait_seconds=0, error="not mine")
    assert claim_orders(db, vault, "route", "worker-2", limit=1) == []
    with db.write() as conn:
        postpone(conn, order, owner="worker-1", wait_seconds=0, error="breaker open", count_attempt=False)
    (order,) = claim_orders(db, vault, "route", "worker-2", limit=1)
    assert (order.attempts, order.last_error) == (1, "breaker open")
    with db.write() as conn:
        postpone(conn, order, owner="worker-2", wait_seconds=60, error="no answer")
    assert claim_orders(db, vault, "route", "worker-1", limit=1) == []


def test_the_locked_order_cannot_be_changed_by_others(
    db: Database, vault: Vault, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    (order,) = paid_orders(make_order())
    with ThreadPoolExecutor(1) as pool:
        with db.write() as conn:
            (locked,) = load_orders(conn, vault, [order.id], lock=True)
            other = pool.submit(_note, db, locked)
            record(conn, locked, owner=None, kind="noted", actor="system")
        with pytest.raises(StaleOrder):
            other.result()


def _note(db: Database, order: StoredOrder) -> None:
    with db.write() as conn:
        record(conn, order, owner=None, kind="noted", actor="user:other")
