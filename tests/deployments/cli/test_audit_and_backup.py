"""Who did what is found and verified; a copy of the database is whole while others write."""

import sqlite3
import threading
from contextlib import closing

import pytest
from sqlalchemy import text

from connectors.database import audit
from connectors.database.migrations.initial import append_only
from connectors.database.orders import insert_order, load_orders
from connectors.database.session import Database
from deployments.cli.output import ExitCode
from deployments.dry_run import active_or_written, decide_sample


@pytest.fixture
def order(home):
    """A stored order of the sample configuration."""
    order, _ = decide_sample(home, active_or_written(home), "test_1")
    with closing(home.database()) as database, database.write() as conn:
        order_id = insert_order(conn, home.vault(), order, actor="channel:shopify")
        return load_orders(conn, home.vault(), [order_id])[0]


@pytest.mark.requirement("OMS-32")
def test_what_a_person_or_the_system_did_is_found(run, order):
    everything = run("audit", "search", "--json").json
    assert {event["order_id"] for event in everything} == {order.id}
    assert [event["kind"] for event in run("audit", "search", "--kind", "received", "--json").json] == ["received"]
    assert run("audit", "search", "--since", "2999-01-01", "--json").json == []
    assert run("audit", "search", "--until", "2000-01-01", "--json").json == []
    assert order.id in run("audit", "search", "--order", order.order.number).out


@pytest.mark.requirement("OMS-05")
def test_an_untouched_trail_is_verified_and_a_touched_one_ends_with_a_problem(run, home, order):
    assert (run("audit", "verify").code, run("audit", "verify", "--json").json["flaws"]) == (ExitCode.OK, [])
    with closing(home.database()) as database, database.write() as conn:
        for removal in append_only.removal("sqlite", "order_event"):
            conn.execute(text(removal))
        conn.execute(text("UPDATE order_event SET actor_id = 'user:somebody-else' WHERE seq = 1"))
    ended = run("audit", "verify")
    assert ended.code == ExitCode.PROBLEM
    assert f"{order.id} event 1" in ended.out


def test_days_that_are_over_are_sealed_once(run, home, order):
    assert run("audit", "seal", "--json").json == []


@pytest.mark.requirement("OMS-05")
def test_a_copy_made_while_others_write_is_whole_and_opens_as_a_database(run, home, order, tmp_path):
    stop = threading.Event()
    writer = threading.Thread(target=_keep_writing, args=(home, stop))
    writer.start()
    try:
        ended = run("backup", "copy.db")
    finally:
        stop.set()
        writer.join()
    assert ended.code == ExitCode.OK
    assert "secret.key" in ended.out
    with closing(Database(f"sqlite:///{tmp_path / 'copy.db'}")) as copied, copied.read() as conn:
        assert audit.verify(conn)[1] == []
        assert {event.order_id for event in audit.search(conn, audit.Search())} == {order.id}
    assert not list(tmp_path.glob("*.unfinished"))


@pytest.mark.requirement("OMS-05")
def test_a_copy_put_in_the_place_of_a_lost_database_is_the_shop_as_it_was(run, home, order, tmp_path):
    before = run("orders", "show", order.id, "--json").json
    assert run("backup", "copy.db").code == ExitCode.OK
    for lost in home.home.glob("orderflow.db*"):
        lost.unlink()
    assert run("orders", "list").code == ExitCode.PROBLEM
    (tmp_path / "copy.db").rename(home.home / "orderflow.db")
    assert run("orders", "show", order.id, "--json").json == before
    assert run("audit", "verify").code == ExitCode.OK
    assert run("config:deploy").code == ExitCode.OK, "the configuration is the one that was active"
    checks = {check["name"]: check["verdict"] for check in run("doctor", "--json").json}
    assert (checks["database"], checks["secret key"], checks["books"]) == ("ok", "ok", "ok")
    (person,) = run("customers", "export", order.id, "--json").json
    assert person["order"]["customer"]["email"] == order.order.customer.email


def test_a_copy_without_its_key_tells_nobody_who_the_customers_are(run, home, order, tmp_path):
    assert run("backup", "copy.db").code == ExitCode.OK
    email = order.order.customer.email
    assert email.encode() not in (tmp_path / "copy.db").read_bytes()
    home.key_file.unlink()
    ended = run("customers", "export", order.id)
    assert ended.code == ExitCode.PROBLEM
    assert email not in ended.out + ended.err


def test_a_damaged_database_is_not_copied_in_silence(run, home, order, tmp_path):
    with closing(sqlite3.connect(home.home / "orderflow.db")) as conn:
        conn.execute("PRAGMA foreign_keys = OFF")
        conn.execute("INSERT INTO order_pii (order_id, sealed) VALUES ('nobody', x'00')")
        conn.commit()
    ended = run("backup", "copy.db")
    assert (ended.code, list(tmp_path.glob("copy.db*"))) == (ExitCode.PROBLEM, [])
    assert "without their parent" in ended.err


def test_a_file_that_is_there_is_not_written_over(run, home, tmp_path):
    (tmp_path / "copy.db").write_text("precious")
    ended = run("backup", "copy.db")
    assert (ended.code, (tmp_path / "copy.db").read_text()) == (ExitCode.USAGE, "precious")
    assert run("backup", "nowhere/copy.db").code == ExitCode.USAGE


def test_postgresql_is_told_how_it_is_copied_without_its_password(run, home, monkeypatch):
    monkeypatch.setenv("ORDERFLOW_DATABASE_URL", "postgresql://shop:canary-secret@127.0.0.1:5432/orders")
    ended = run("backup", "copy.dump")
    assert ended.code == ExitCode.PROBLEM
    assert "pg_dump --format=custom" in ended.err
    assert "canary-secret" not in ended.err + ended.out


def _keep_writing(home, stop):
    with closing(home.database()) as database:
        while not stop.is_set():
            with database.write() as conn:
                conn.execute(text("UPDATE orders SET next_at = next_at + 1"))
