"""Each message is written once with its cause, and sent once."""

from concurrent.futures import ThreadPoolExecutor

from connectors.database.outbox import (
    OutboxItem,
    OutboxRow,
    begin_sending,
    bury_outbox,
    claim_outbox,
    confirm_sent,
    enqueue,
    outbox_queue,
    send_again,
    send_later,
    sent,
    sent_many,
    uncertain,
)
from connectors.database.session import Database


def item(key: str = "ORDER/routed", **payload: object) -> OutboxItem:
    return OutboxItem(key, "notify", "routing_card", "ORDER", payload)


def write(db: Database, *items: OutboxItem) -> int:
    with db.write() as conn:
        return enqueue(conn, items)


def take(db: Database, owner: str = "worker-1", **more: float) -> list[OutboxRow]:
    return claim_outbox(db, "notify", owner, limit=50, **more)


def start(db: Database, rows: list[OutboxRow], owner: str = "worker-1") -> list[OutboxRow]:
    with db.write() as conn:
        return begin_sending(conn, rows, owner)


def test_a_message_is_written_once(db: Database) -> None:
    assert write(db, item(), item("other")) == 2
    assert write(db, item(), item("third")) == 1


def test_a_message_goes_out_and_is_done(db: Database) -> None:
    write(db, item(channel="ops"))
    rows = start(db, take(db))
    assert [(row.state, row.payload, row.attempts) for row in rows] == [("sending", {"channel": "ops"}, 1)]
    with db.write() as conn:
        assert sent(conn, rows[0].id, "worker-1", "receipt-1")
    assert take(db) == []
    with db.read() as conn:
        assert conn.exec_driver_sql("SELECT state, receipt FROM outbox").all() == [("sent", "receipt-1")]


def test_only_messages_of_the_stage_are_claimed(db: Database) -> None:
    write(db, item())
    assert claim_outbox(db, "log", "worker-1", limit=5) == []


def test_a_worker_that_died_while_sending_leaves_a_message_for_people(db: Database) -> None:
    write(db, item())
    start(db, take(db, lease_seconds=0))
    assert take(db, "worker-2") == []
    with db.write() as conn:
        (row,) = outbox_queue(conn)
        assert row.state == "uncertain"
        assert send_again(conn, row.id)
        assert not send_again(conn, row.id)
    assert [again.id for again in take(db, "worker-2")] == [row.id]


def test_a_message_whose_repeat_is_safe_is_sent_again(db: Database) -> None:
    write(db, item(repeat_is_safe=True))
    start(db, take(db, lease_seconds=0))
    (row,) = start(db, take(db, "worker-2"), "worker-2")
    assert (row.attempts, row.state) == (2, "sending")
    with db.write() as conn:
        assert sent(conn, row.id, "worker-2")


def test_a_worker_that_lost_its_lease_may_not_send(db: Database) -> None:
    write(db, item())
    rows = take(db, lease_seconds=0)
    take(db, "worker-2")
    assert start(db, rows) == []


def test_a_worker_that_lost_its_lease_cannot_say_how_it_ended(db: Database) -> None:
    write(db, item(repeat_is_safe=True))
    (row,) = start(db, take(db, lease_seconds=0))
    take(db, "worker-2")
    with db.write() as conn:
        assert not sent(conn, row.id, "worker-1", "late")
        assert not send_later(conn, row.id, "worker-1", 0, "late")
        assert not uncertain(conn, row.id, "worker-1", "late")
        assert not bury_outbox(conn, row.id, "worker-1", "late")


def test_a_message_that_did_not_go_out_comes_back(db: Database) -> None:
    write(db, item("now"), item("later"))
    now, later = sorted(start(db, take(db)), key=lambda row: row.dedup_key, reverse=True)
    with db.write() as conn:
        assert send_later(conn, now.id, "worker-1", 0, "429")
        assert send_later(conn, later.id, "worker-1", 60, "429")
    assert [(row.dedup_key, row.attempts, row.last_error) for row in take(db)] == [("now", 2, "429")]


def test_what_people_must_decide_is_listed_and_can_be_settled(db: Database) -> None:
    write(db, item("lost"), item("impossible"))
    rows = {row.dedup_key: row for row in start(db, take(db))}
    with db.write() as conn:
        assert uncertain(conn, rows["lost"].id, "worker-1", "time-out")
        assert bury_outbox(conn, rows["impossible"].id, "worker-1", "no such channel")
        assert {(row.dedup_key, row.state) for row in outbox_queue(conn)} == {
            ("lost", "uncertain"),
            ("impossible", "dead"),
        }
        assert confirm_sent(conn, rows["lost"].id, "found in the service's log")
        assert [row.dedup_key for row in outbox_queue(conn)] == ["impossible"]


def test_a_batch_of_sent_messages_is_noted_together(db: Database) -> None:
    write(db, *(item(f"m{number}") for number in range(30)))
    rows = start(db, take(db))
    with db.write() as conn:
        lost = sent_many(conn, {**{row.id: "ok" for row in rows}, "unknown": "ok"}, "worker-1")
    assert lost == {"unknown"}
    assert take(db) == []


def test_two_claimers_never_get_the_same_message(db: Database) -> None:
    write(db, *(item(f"m{number}") for number in range(40)))

    def drain(owner: str) -> list[str]:
        taken = []
        while rows := claim_outbox(db, "notify", owner, limit=3):
            taken += [row.id for row in rows]
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [row_id for ids in pool.map(drain, ["a", "b", "c", "d"]) for row_id in ids]
    assert len(taken) == len(set(taken)) == 40
