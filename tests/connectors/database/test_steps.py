"""Money is spent at most once: the intent comes first, and only its owner may say how it ended."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from connectors.database.session import Database
from connectors.database.steps import (
    StepIntent,
    StepResult,
    begin_steps,
    fail_step,
    finish_step,
    finish_steps,
    steps_of,
    unknown_step,
    unresolved_steps,
)
from orderflow.effects import StepState

INTENT = StepIntent("ORDER/shipment-1/label", "ORDER", "label", "shippo", "main", "hash-1")


def begin(db: Database, intent: StepIntent = INTENT, owner: str = "worker-1"):
    with db.write() as conn:
        return begin_steps(conn, [intent], owner)[intent.key]


def test_a_new_step_may_be_called(db: Database) -> None:
    begun = begin(db)
    assert begun.may_call
    assert (begun.row.state, begun.row.attempt, begun.row.owner) == (StepState.STARTED, 1, "worker-1")
    assert begun.row.resolve_after_ms - begun.row.started_at_ms == 120_000


def test_a_step_left_by_an_earlier_life_is_asked_about_never_called(db: Database) -> None:
    begin(db)
    begun = begin(db, owner="worker-2")
    assert not begun.may_call
    assert (begun.row.state, begun.row.attempt, begun.row.owner) == (StepState.UNKNOWN, 1, "worker-2")


def test_a_step_that_failed_for_certain_may_be_called_again(db: Database) -> None:
    begin(db)
    with db.write() as conn:
        assert fail_step(conn, INTENT.key, attempt=1, owner="worker-1", error="connection refused")
    begun = begin(db, replace(INTENT, request_hash="hash-2"), owner="worker-2")
    assert begun.may_call
    assert (begun.row.attempt, begun.row.owner, begun.row.request_hash) == (2, "worker-2", "hash-2")


def test_a_done_step_is_used(db: Database) -> None:
    begin(db)
    with db.write() as conn:
        assert finish_step(conn, INTENT.key, attempt=1, owner="worker-1", provider_ref="tr_1", result={"cost": 785})
    begun = begin(db, owner="worker-2")
    assert not begun.may_call
    assert (begun.row.state, begun.row.provider_ref, begun.row.result) == (StepState.DONE, "tr_1", {"cost": 785})


def test_a_step_begun_for_another_request_is_told_apart(db: Database) -> None:
    begin(db)
    begun = begin(db, replace(INTENT, request_hash="hash-2"), owner="worker-2")
    assert (begun.may_call, begun.request_changed) == (False, True)
    assert (begun.row.state, begun.row.owner, begun.row.request_hash) == (StepState.STARTED, "worker-1", "hash-1")


def test_a_zombie_cannot_say_how_the_step_ended(db: Database) -> None:
    begin(db)
    begin(db, owner="worker-2")
    with db.write() as conn:
        assert not finish_step(conn, INTENT.key, attempt=1, owner="worker-1", provider_ref="tr_1", result={})
        assert not fail_step(conn, INTENT.key, attempt=1, owner="worker-1", error="late")
        assert not unknown_step(conn, INTENT.key, attempt=1, owner="worker-1", error="late")
        assert not finish_step(conn, INTENT.key, attempt=2, owner="worker-2", provider_ref="tr_1", result={})
        assert finish_step(conn, INTENT.key, attempt=1, owner="worker-2", provider_ref="tr_1", result={})
        assert not fail_step(conn, INTENT.key, attempt=1, owner="worker-2", error="after done")


def test_a_step_begun_by_many_at_once_may_be_called_by_one(db: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        begun = list(pool.map(lambda number: begin(db, owner=f"worker-{number}"), range(24)))
    assert [one.may_call for one in begun].count(True) == 1


def test_unresolved_steps_are_those_begun_and_unknown(db: Database) -> None:
    intents = [replace(INTENT, key=f"ORDER/shipment-{number}/label") for number in range(1, 5)]
    with db.write() as conn:
        begin_steps(conn, intents, "worker-1")
        unknown_step(conn, intents[1].key, attempt=1, owner="worker-1", error="time-out")
        results = [StepResult(intents[2].key, 1, "tr_3", {}), StepResult(intents[3].key, 9, "tr_4", {})]
        assert finish_steps(conn, results, "worker-1") == {intents[3].key}
        unresolved = unresolved_steps(conn, limit=10)
        assert unresolved_steps(conn, limit=10, older_than_seconds=60) == []
        assert [row.state for row in steps_of(conn, "ORDER")] == ["started", "unknown", "done", "started"]
    assert {row.key for row in unresolved} == {intents[0].key, intents[1].key, intents[3].key}
