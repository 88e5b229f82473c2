"""What a dead worker held is due again at once, and what others hold stays theirs."""

from collections.abc import Callable

from connectors.database.inbox import claim_inbox, receive
from connectors.database.operation.counts import due_counts
from connectors.database.operation.leftovers import free_leases
from connectors.database.orders import StoredOrder, claim_orders
from connectors.database.outbox import OutboxItem, begin_sending, claim_outbox, enqueue, outbox_queue
from connectors.database.session import Database
from connectors.vault import Vault
from orderflow.order import Order


def write_queues(db: Database) -> None:
    with db.write() as conn:
        enqueue(conn, [OutboxItem("ORDER/routed", "notify", "routing_card", "ORDER", {})])
        receive(
            conn,
            source="shopify",
            topic="orders/create",
            dedup_key="d1",
            external_id="55",
            occurred_at_ms=None,
            body=b"{}",
        )


def due(db: Database) -> dict[str, int]:
    with db.read() as conn:
        return {name: number for name, number in due_counts(conn).items() if number}


def free(db: Database, owner: str) -> int:
    with db.write() as conn:
        return free_leases(conn, owner)


def test_what_any_hand_of_a_dead_worker_held_is_due_again(
    db: Database, vault: Vault, make_order: Callable[..., Order], paid_orders: Callable[..., list[StoredOrder]]
) -> None:
    paid_orders(make_order())
    write_queues(db)
    claim_inbox(db, "run-1/1")
    claim_orders(db, vault, "route", "run-1/2", limit=10)
    claim_outbox(db, "notify", "run-1", limit=10)
    assert due(db) == {}
    assert free(db, "run-1") == 3
    assert due(db) == {"inbox": 1, "route": 1, "notify": 1}


def test_what_another_worker_holds_stays_leased_even_where_its_name_begins_alike(db: Database) -> None:
    write_queues(db)
    claim_inbox(db, "run-10/1")
    claim_outbox(db, "notify", "run-2", limit=10)
    assert free(db, "run-1") == 0
    assert due(db) == {}


def test_a_message_a_dead_worker_was_just_sending_is_not_sent_again(db: Database) -> None:
    write_queues(db)
    rows = claim_outbox(db, "notify", "run-1/1", limit=10)
    with db.write() as conn:
        begin_sending(conn, rows, "run-1/1")
    assert free(db, "run-1") == 1
    assert claim_outbox(db, "notify", "run-2/1", limit=10) == []
    with db.read() as conn:
        assert [row.state for row in outbox_queue(conn)] == ["uncertain"]
