"""Policies, credentials, cursors, the timeline, the queues' lengths and the workers' signs of life."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from databases import ENGINES, empty_database
from sqlalchemy import text

from connectors.database.audit import events_between, timeline
from connectors.database.credentials import forget_credential, store_credential, stored_credentials
from connectors.database.cursors import cursor, move_cursor, take_slot
from connectors.database.inbox import receive
from connectors.database.operation.counts import due_counts, list_orders, order_counts
from connectors.database.operation.heartbeats import beat, forget_workers, stale_workers, workers
from connectors.database.orders import StoredOrder, record
from connectors.database.outbox import OutboxItem, enqueue
from connectors.database.policy import UnknownVersion, activate, activations, active, add_version, versions
from connectors.database.products import products_of, save_products
from connectors.database.session import Database
from connectors.vault import Vault
from orderflow.configuration.sections import Product
from orderflow.lifecycle import OrderStatus
from orderflow.order import Order

MakeOrder = Callable[..., Order]
PaidOrders = Callable[..., list[StoredOrder]]


@pytest.fixture
def time_ms() -> list[int]:
    """The time of the simulated clock, in its only item."""
    return [1_700_000_000_000]


@pytest.fixture(params=ENGINES)
def db(request: pytest.FixtureRequest, tmp_path: Path, time_ms: list[int]) -> Iterator[Database]:
    with empty_database(request.param, tmp_path, clock=lambda _conn: time_ms[0]) as database:
        yield database


def test_a_version_is_stored_once_and_in_force_when_activated(db: Database) -> None:
    with db.write() as conn:
        assert active(conn, "rules") is None
        assert add_version(conn, "rules", "aaa", "[]")
        assert not add_version(conn, "rules", "aaa", "[]")
        assert active(conn, "rules") is None
        activate(conn, "rules", "aaa", "user:lead")
        current = active(conn, "rules")
        assert current and (current.hash, current.document) == ("aaa", "[]")


def test_rolling_back_is_activating_the_version_before(db: Database, time_ms: list[int]) -> None:
    with db.write() as conn:
        for name in ("aaa", "bbb"):
            time_ms[0] += 1
            add_version(conn, "rules", name, f"[{name}]")
            activate(conn, "rules", name, "user:lead")
        activate(conn, "rules", "aaa", "user:other")
        current = active(conn, "rules")
        assert current and current.hash == "aaa"
        assert [(one.hash, one.actor) for one in activations(conn, "rules")] == [
            ("aaa", "user:other"),
            ("bbb", "user:lead"),
            ("aaa", "user:lead"),
        ]
        assert [version.hash for version in versions(conn, "rules")] == ["bbb", "aaa"]
        assert versions(conn, "policy") == []


def test_a_version_that_was_never_stored_cannot_be_activated(db: Database) -> None:
    with pytest.raises(UnknownVersion), db.write() as conn:
        activate(conn, "rules", "nope", "user:lead")


@pytest.mark.requirement("OF-160")
def test_credentials_lie_sealed_in_the_database(db: Database, vault: Vault) -> None:
    with db.write() as conn:
        store_credential(conn, vault, "SHOPIFY_API_KEY", "planted-old")
        store_credential(conn, vault, "SHOPIFY_API_KEY", "planted-secret")
        assert stored_credentials(conn, vault) == {"SHOPIFY_API_KEY": "planted-secret"}
        rows = conn.execute(text("SELECT * FROM credential")).all()
        assert "planted" not in repr(rows)
        assert forget_credential(conn, "SHOPIFY_API_KEY")
        assert not forget_credential(conn, "SHOPIFY_API_KEY")
        assert stored_credentials(conn, vault) == {}


def test_a_cursor_only_moves_on(db: Database) -> None:
    with db.write() as conn:
        assert cursor(conn, "shopify") is None
        for position in (10, 30, 20):
            move_cursor(conn, "shopify", position)
        assert cursor(conn, "shopify") == 30


def test_a_slot_of_a_schedule_is_taken_once(db: Database) -> None:
    with db.write() as conn:
        assert take_slot(conn, "weekly-report", "2024-W03")
        assert not take_slot(conn, "weekly-report", "2024-W03")
        assert take_slot(conn, "weekly-report", "2024-W04")


def test_products_are_stored_and_replaced(db: Database) -> None:
    widget = Product(sku="WIDGET", title="Widget", weight_grams=250)
    with db.write() as conn:
        save_products(conn, [widget, Product(sku="WIDGET", variant="red")])
        save_products(conn, [widget.model_copy(update={"title": "Widget Pro"})])
        assert products_of(conn, [("WIDGET", ""), ("NOPE", "")]) == {
            ("WIDGET", ""): widget.model_copy(update={"title": "Widget Pro"})
        }
        assert len(products_of(conn)) == 2


@pytest.mark.requirement("OMS-35")
def test_the_timeline_tells_who_did_what(
    db: Database, make_order: MakeOrder, paid_orders: PaidOrders, time_ms: list[int]
) -> None:
    (order,) = paid_orders(make_order())
    time_ms[0] += 60_000
    with db.write() as conn:
        record(conn, order, owner=None, kind="noted", actor="user:ops-lead", note="called the customer", data={"a": 1})
        events = timeline(conn, order.id)
        assert [(event.seq, event.kind) for event in events] == [
            (1, "received"),
            (2, "payment"),
            (3, "payment"),
            (4, "noted"),
        ]
        last = events[-1]
        assert (last.actor, last.note, last.data) == ("user:ops-lead", "called the customer", {"a": 1})
        assert [event.sentence for event in events[1:]] == [
            "from pending to payment_processing",
            "from payment_processing to paid",
            "",
        ]
        assert events_between(conn, last.at_ms, last.at_ms + 1) == [last]
        assert events_between(conn, 0, last.at_ms, kinds=["received"]) == [events[0]]


def test_what_is_due_is_counted_by_stage(
    db: Database, make_order: MakeOrder, paid_orders: PaidOrders, time_ms: list[int]
) -> None:
    paid_orders(make_order(), make_order())
    (label,) = paid_orders(make_order(), step="label")
    with db.write() as conn:
        receive(conn, source="s", topic="t", dedup_key="d", external_id="1", occurred_at_ms=None, body=b"")
        enqueue(conn, [OutboxItem("a", "log", "decision", label.id), OutboxItem("b", "log", "decision", label.id)])
        expected = {"inbox": 1, "route": 2, "label": 1, "notify": 0, "log": 2, "sync": 0}
        assert due_counts(conn) == expected
        record(conn, label, owner=None, kind="later", actor="system", next_at_ms=time_ms[0] + 1)
        assert due_counts(conn) == {**expected, "label": 0}


def test_orders_are_listed_newest_first(
    db: Database, make_order: MakeOrder, paid_orders: PaidOrders, time_ms: list[int]
) -> None:
    first, second = paid_orders(make_order(1), make_order(2))
    time_ms[0] += 60_000
    with db.write() as conn:
        record(conn, second, owner=None, to_status=OrderStatus.HOLD, kind="held", actor="system")
        assert order_counts(conn) == {OrderStatus.PAID: 1, OrderStatus.HOLD: 1}
        assert {row.number for row in list_orders(conn)} == {"#1", "#2"}
        assert [row.number for row in list_orders(conn, status=OrderStatus.HOLD)] == ["#2"]
        (stuck,) = list_orders(conn, unchanged_seconds=60)
    assert (stuck.id, stuck.status_at_ms, stuck.total) == (first.id, time_ms[0] - 60_000, first.order.total)


def test_a_worker_that_is_silent_is_noticed(db: Database, time_ms: list[int]) -> None:
    with db.write() as conn:
        beat(conn, "worker-1", "shift")
        time_ms[0] += 30_000
        beat(conn, "worker-2", "shift")
        assert [row.worker for row in stale_workers(conn, 20)] == ["worker-1"]
        beat(conn, "worker-1", "shift")
        assert stale_workers(conn, 20) == []
        assert [row.worker for row in workers(conn)] == ["worker-1", "worker-2"]
        time_ms[0] += 10_000
        beat(conn, "worker-2", "shift")
        assert (forget_workers(conn, 10), [row.worker for row in workers(conn)]) == (0, ["worker-1", "worker-2"])
        assert (forget_workers(conn, 9), [row.worker for row in workers(conn)]) == (1, ["worker-2"])
