"""`orderflow test` decides, prints the trace, and leaves no trace of its own."""

import hashlib
import json
import socket
from datetime import UTC, datetime

import pytest
from databases import postgresql_url
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from connectors.database import stock
from connectors.database.orders import insert_order
from connectors.errors import NotConfigured
from connectors.shop import Shop
from deployments.dry_run import ReadOnlyDatabase, active_or_written, decide_stored, sample_order
from orderflow.inventory import StockLevel


@pytest.fixture
def no_network(monkeypatch):
    """Whoever asks anybody outside fails."""

    def refuse(self, address):
        raise AssertionError(f"a dry run asked {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def stored(home):
    """A real order of the shop, with stock for it."""
    order = sample_order("real_1", active_or_written(home), datetime.now(UTC))
    line = order.lines[0]
    level = StockLevel(location="warehouse_main", sku=line.sku, variant=line.variant, on_hand=7)
    database = home.database()
    with database.write() as conn:
        stock.set_counts(conn, [level], source_version=1)
        insert_order(conn, home.vault(), order, actor="channel:shopify")
    database.close()
    return order


def _print_of(home):
    """What the installation holds; empty files and the read marks of SQLite's log (-shm) are nobody's data."""
    files = [path for path in sorted(home.home.rglob("*")) if path.is_file() and not path.name.endswith("-shm")]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path.stat().st_size}


@pytest.mark.requirement("OF-115")
def test_a_sample_order_is_decided_without_writing_or_asking(run, home, no_network):
    before = _print_of(home)
    ended = run("test", "--order-id", "test_12345")
    assert ended.code == 0
    assert "warehouse_main" in ended.out
    assert "+50 stock" in ended.out
    assert _print_of(home) == before


@pytest.mark.requirement("OF-115")
def test_a_real_order_is_decided_by_its_own_facts_without_writing(run, home, stored, no_network):
    before = _print_of(home)
    decision = run("test", "--order-id", stored.number, "--json").json
    assert decision["outcome"] == "ship"
    assert decision["external_id"] == "real_1"
    assert [level["on_hand"] for level in decision["stock"]] == [7]
    assert _print_of(home) == before


@pytest.mark.requirement("OF-115")
def test_the_database_itself_refuses_to_be_written(home):
    database = ReadOnlyDatabase(home.database_address)
    with pytest.raises(PermissionError), database.write():
        pass
    with pytest.raises(Exception, match=r"readonly|read-only"), database.read() as conn:
        conn.exec_driver_sql("DELETE FROM orders")
    database.close()


@pytest.mark.postgresql
def test_postgresql_too_refuses_to_be_written():
    database = ReadOnlyDatabase(postgresql_url())
    with pytest.raises(DBAPIError, match="read-only"), database.read() as conn:
        conn.exec_driver_sql("DELETE FROM inbox")
    database.close()


@pytest.mark.requirement("OF-115")
def test_no_connector_is_so_much_as_built(run, here, home, stored):
    """None of these connectors has its settings here, so building one would fail."""
    document = json.loads((here / "orderflow-config.json").read_text())
    outside = {"channels": ["shopify", "woocommerce"], "sinks": ["google_sheets"]}
    labels = {"fulfillment": {"label_providers": ["shippo", "shipstation"]}}
    (here / "orderflow-config.json").write_text(json.dumps(document | outside | labels))
    assert run("config:deploy", "--yes").code == 0
    shop = Shop(home, home.database(), active_or_written(home))
    for ask in (lambda: shop.channel("shopify"), lambda: shop.carrier("shippo"), lambda: shop.sink("google_sheets")):
        with pytest.raises(NotConfigured):
            ask()
    for order_id in (stored.number, "test_1"):
        assert run("test", "--order-id", order_id, "--json").json["outcome"] == "ship"


@pytest.mark.requirement("OF-115")
@pytest.mark.postgresql
def test_on_postgresql_too_an_order_is_decided_on_a_handle_that_cannot_write(home, no_writes_on_postgresql):
    order, decision = decide_stored(no_writes_on_postgresql, active_or_written(home), "real_1")
    assert (order.external_id, decision.outcome) == ("real_1", "ship")


@pytest.fixture
def no_writes_on_postgresql(home):
    """An installation on PostgreSQL with one order, whose sessions are all made read-only by the server afterwards."""
    url = postgresql_url()
    elsewhere = home.model_copy(update={"database_url": url})
    order = sample_order("real_1", active_or_written(home), datetime.now(UTC))
    level = StockLevel(location="warehouse_main", sku=order.lines[0].sku, on_hand=7)
    database = elsewhere.database()
    with database.write() as conn:
        stock.set_counts(conn, [level], source_version=1)
        insert_order(conn, home.vault(), order, actor="channel:shopify")
        name = conn.exec_driver_sql("SELECT current_database()").scalar_one()
        conn.exec_driver_sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    database.close()
    yield elsewhere
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        conn.execute(text("SET default_transaction_read_only = off"))
        conn.execute(text(f"ALTER DATABASE {name} RESET default_transaction_read_only"))
    engine.dispose()


@pytest.mark.requirement("OF-115")
def test_an_order_nobody_knows_fails(run, home):
    assert run("test", "--order-id", "4711").code == 2


@pytest.mark.requirement("OF-115")
def test_a_broken_configuration_fails(run, here):
    (here / "orderflow-config.json").write_text(json.dumps({"nonsense": 1}))
    assert run("test", "--order-id", "test_1").code == 1


def test_before_anything_is_deployed_the_written_configuration_decides(run, here):
    run("init")
    assert run("test", "--order-id", "test_1").code == 0


def test_without_any_configuration_the_way_to_one_is_named(run):
    ended = run("test", "--order-id", "test_1")
    assert ended.code == 1
    assert "orderflow init" in ended.err
