"""A transaction is all or nothing, one writer at a time, and says clearly when the database cannot serve."""

import os
import signal
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from threading import Barrier

import pytest
from databases import postgresql_url, sqlite_url
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import IntegrityError

from connectors.database.cursors import cursor, move_cursor
from connectors.database.session import Database, DatabaseUnavailable, milliseconds, moment
from connectors.database.session.write_turn import WriteTurn
from connectors.errors import OutcomeUnknown, TryAgain

FORK = get_context("fork")


def test_what_is_raised_inside_leaves_nothing_written(db: Database) -> None:
    with pytest.raises(ZeroDivisionError), db.write() as conn:
        move_cursor(conn, "shopify", 1)
        raise ZeroDivisionError
    with db.read() as conn:
        assert cursor(conn, "shopify") is None


def test_time_is_told_by_the_database_in_milliseconds(db: Database) -> None:
    with db.read() as conn:
        first, second = db.now_ms(conn), db.now_ms(conn)
    assert 1_700_000_000_000 < first <= second
    assert milliseconds(moment(first)) == first


def test_sqlite_forgets_nothing_on_a_power_cut(tmp_path: Path) -> None:
    db = Database(sqlite_url(tmp_path))
    with db.write() as conn:
        pragmas = [
            conn.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert pragmas == ["wal", 2, 1]


def test_a_sqlite_writer_locks_out_other_programs_at_once(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    other = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=0)
    with Database(url).write(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.close()


def test_a_writer_that_waits_too_long_is_told_what_for(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    patient, hasty = Database(url), Database(url, wait_seconds=0.01)
    with patient.write():
        with pytest.raises(TryAgain, match=r"another writer held .*orderflow\.db\.lock for 0\.01 s"), hasty.write():
            pass
        with hasty.read() as conn:
            assert cursor(conn, "shopify") is None
    with hasty.write() as conn:
        move_cursor(conn, "shopify", 1)


def test_a_writer_opens_its_connection_before_its_turn_comes(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    lock_file = Path(f"{url.removeprefix('sqlite:///')}.lock")
    engine, opened = create_engine(url), []
    event.listen(engine, "connect", lambda *_: opened.append("opened"))
    with Database(url).write():
        hasty = WriteTurn(lock_file, wait_seconds=0.01)
        with pytest.raises(DatabaseUnavailable, match="another writer held"), hasty.taken(engine.connect):
            pass
    assert opened == ["opened"]
    engine.dispose()


def test_workers_that_open_a_new_database_at_once_all_get_in(tmp_path: Path) -> None:
    def open_together(url: str, barrier: Barrier) -> None:
        db = Database(url)
        barrier.wait(timeout=30)
        with db.read() as conn:
            conn.execute(text("SELECT 1"))
        db.close()

    with ThreadPoolExecutor(8) as pool:
        for number in range(120):  # without a second attempt a file in some hundred is refused
            url, barrier = f"sqlite:///{tmp_path / f'{number}.db'}", Barrier(8)
            for opened in [pool.submit(open_together, url, barrier) for _ in range(8)]:
                opened.result()


def test_a_database_in_memory_serves_threads_in_turns(tmp_path: Path) -> None:
    db = Database("sqlite://", wait_seconds=0.01)
    with db.write(), pytest.raises(DatabaseUnavailable, match="in memory"):
        _in_thread(lambda: _enter(db))


def _enter(db: Database) -> None:
    with db.write():
        pass


def _in_thread(work: Callable[[], None]) -> None:
    raised: list[Exception] = []

    def run() -> None:
        try:
            work()
        except Exception as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]


def test_a_writer_killed_in_the_middle_leaves_nothing_and_holds_up_nobody(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)

    def die() -> None:
        with Database(url).write() as conn:
            move_cursor(conn, "shopify", 1)
            os.kill(os.getpid(), signal.SIGKILL)

    process = FORK.Process(target=die)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    with Database(url, wait_seconds=5).write() as conn:
        assert cursor(conn, "shopify") is None


def test_a_database_that_is_away_is_said_to_be(tmp_path: Path) -> None:
    away = [
        Database(f"sqlite:///{tmp_path / 'missing' / 'orderflow.db'}"),
        Database("postgresql://postgres@127.0.0.1:1/nowhere"),
    ]
    for db in away:
        with pytest.raises(DatabaseUnavailable, match="the database cannot serve"), db.write():
            pass
        with pytest.raises(DatabaseUnavailable, match="the database cannot serve"), db.read() as conn:
            conn.execute(text("SELECT 1"))


@pytest.mark.postgresql
def test_a_connection_that_breaks_before_the_commit_wrote_nothing() -> None:
    db = Database(postgresql_url())
    with pytest.raises(DatabaseUnavailable), db.write() as conn:
        move_cursor(conn, "shopify", 1)
        _cut(db, conn.execute(text("SELECT pg_backend_pid()")).scalar_one())
        move_cursor(conn, "shopify", 2)
    with db.write() as conn:
        assert cursor(conn, "shopify") is None


@pytest.mark.postgresql
def test_a_connection_that_breaks_during_the_commit_leaves_it_unknown() -> None:
    db = Database(postgresql_url())
    with pytest.raises(OutcomeUnknown), db.write() as conn:
        move_cursor(conn, "shopify", 1)
        _cut(db, conn.execute(text("SELECT pg_backend_pid()")).scalar_one())
    with db.write() as conn:
        assert cursor(conn, "shopify") is None


def _cut(db: Database, pid: int) -> None:
    with db.write() as conn:
        conn.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})


@pytest.mark.requirement("OF-160")
def test_an_error_never_tells_the_values_of_a_statement(db: Database) -> None:
    with pytest.raises(IntegrityError) as caught, db.write() as conn:
        statement = text("INSERT INTO credential (variable, sealed, stored_at) VALUES (:name, NULL, 1)")
        conn.execute(statement, {"name": "planted-secret"})
    assert "planted-secret" not in str(caught.value).partition("DETAIL")[0]
