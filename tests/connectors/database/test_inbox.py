"""Deliveries are stored once, read once and never lost."""

from concurrent.futures import ThreadPoolExecutor

from connectors.database.inbox import (
    bury_inbox,
    claim_inbox,
    dead_letters,
    discard_inbox,
    finish_inbox,
    finish_inbox_batch,
    opened_body,
    receive,
    replay_inbox,
    retry_inbox,
    sealed_body,
)
from connectors.database.session import Database
from connectors.vault import Vault, new_key


def deliver(db: Database, key: str = "d1", body: bytes = b"{}") -> bool:
    with db.write() as conn:
        return receive(
            conn,
            source="shopify",
            topic="orders/create",
            dedup_key=key,
            external_id="55",
            occurred_at_ms=None,
            body=body,
        )


def test_a_delivery_is_stored_and_claimed_as_it_came(db: Database) -> None:
    assert deliver(db, body=b"\x00\xff{")
    (row,) = claim_inbox(db, "worker-1")
    assert (row.source, row.topic, row.external_id, row.body) == ("shopify", "orders/create", "55", b"\x00\xff{")
    assert row.attempts == 1


def test_a_second_delivery_of_the_same_event_is_a_duplicate(db: Database) -> None:
    assert deliver(db)
    assert not deliver(db)
    assert deliver(db, key="d2")


def test_the_same_delivery_in_parallel_makes_one_row(db: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        stored = list(pool.map(lambda _: deliver(db), range(40)))
    assert stored.count(True) == 1
    assert len(claim_inbox(db, "worker-1")) == 1


def test_a_leased_delivery_is_not_claimed_again_before_the_lease_ends(db: Database) -> None:
    deliver(db)
    assert claim_inbox(db, "worker-1")
    assert claim_inbox(db, "worker-2") == []


def test_a_delivery_whose_worker_died_comes_back_with_its_attempt_counted(db: Database) -> None:
    deliver(db)
    claim_inbox(db, "worker-1", lease_seconds=0)
    (row,) = claim_inbox(db, "worker-2")
    assert row.attempts == 2


def test_a_finished_delivery_is_gone_from_the_queue_and_its_body_from_the_table(db: Database) -> None:
    deliver(db, "d1")
    deliver(db, "d2")
    first, second = claim_inbox(db, "worker-1", lease_seconds=0)
    with db.write() as conn:
        finish_inbox(conn, first.id, "order taken in")
        finish_inbox_batch(conn, [second.id])
    assert claim_inbox(db, "worker-1") == []
    with db.read() as conn:
        assert {row.body for row in conn.exec_driver_sql("SELECT body FROM inbox")} == {b""}


def test_a_delivery_put_back_waits_its_time(db: Database) -> None:
    deliver(db)
    (row,) = claim_inbox(db, "worker-1")
    with db.write() as conn:
        retry_inbox(conn, row.id, "the table was locked", 60)
    assert claim_inbox(db, "worker-2") == []
    with db.write() as conn:
        retry_inbox(conn, row.id, "again", 0)
    assert [again.id for again in claim_inbox(db, "worker-2")] == [row.id]


def test_a_delivery_nobody_can_read_is_kept_with_the_reason_until_a_person_decides(db: Database) -> None:
    deliver(db, "d1", b"poison")
    deliver(db, "d2", b"poison")
    first, second = claim_inbox(db, "worker-1")
    with db.write() as conn:
        bury_inbox(conn, first.id, "not JSON: \0")
        bury_inbox(conn, second.id, "not JSON")
    with db.write() as conn:
        assert [letter.error for letter in dead_letters(conn)] == ["not JSON: \ufffd", "not JSON"]
        assert replay_inbox(conn, first.id)
        assert discard_inbox(conn, second.id)
        assert dead_letters(conn) == []
        assert not replay_inbox(conn, second.id)
    (again,) = claim_inbox(db, "worker-1")
    assert (again.id, again.body, again.attempts) == (first.id, b"poison", 1)


def test_two_claimers_never_get_the_same_delivery(db: Database) -> None:
    for number in range(60):
        deliver(db, f"d{number}")

    def drain(owner: str) -> list[str]:
        taken = []
        while rows := claim_inbox(db, owner, limit=7):
            taken += [row.id for row in rows]
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [row_id for ids in pool.map(drain, ["a", "b", "c", "d"]) for row_id in ids]
    assert len(taken) == len(set(taken)) == 60


def test_a_body_waits_sealed_and_one_an_earlier_release_kept_in_clear_is_read_too() -> None:
    vault = Vault([new_key()])
    body = b'{"email": "canary@example.com"}'
    sealed = sealed_body(vault, body)
    assert b"canary" not in sealed
    assert (opened_body(vault, sealed), opened_body(vault, body)) == (body, body)
    assert opened_body(vault, sealed_body(vault, sealed)) == sealed
