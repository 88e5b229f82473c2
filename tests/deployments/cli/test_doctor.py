"""What the doctor finds wrong, and what it leaves alone."""

import json
import time
from contextlib import closing

import pytest
from sqlalchemy import text

from connectors.database import audit, inbox, outbox, steps, stock
from connectors.database.operation import heartbeats
from connectors.database.orders import insert_order
from connectors.database.outbox import OutboxItem
from connectors.database.steps import StepIntent
from deployments.doctor.prefect_checks import SHIPPED, differing_settings
from deployments.dry_run import active_or_written, decide_sample
from deployments.first_steps import STARTER
from orderflow.inventory import StockLevel

STARTING = json.loads(STARTER.read_text())
AT_A_PARTNER = [place | {"partner": {"code": "warehouse"}} for place in STARTING["locations"]]


@pytest.fixture
def found(run):
    """Runs the doctor; its checks by name."""

    def look():
        return {check["name"]: check for check in run("doctor", "--json").json}

    return look


def _enable(here, run, **sections):
    document = json.loads((here / "orderflow-config.json").read_text())
    (here / "orderflow-config.json").write_text(json.dumps({**document, **sections}))
    assert run("config:deploy", "--yes").code == 0


def test_a_fresh_installation_lacks_only_a_running_server(run, home, found):
    checks = found()
    assert [name for name, check in checks.items() if check["verdict"] == "problem"] == ["Prefect server"]
    assert checks["Prefect server"]["remedy"] == "run `orderflow up`"
    assert run("doctor").code == 1


def test_before_init_the_key_and_the_database_are_missing(found):
    checks = found()
    assert {checks[name]["verdict"] for name in ("secret key", "database")} == {"problem"}
    assert "orderflow init" in checks["database"]["remedy"]


@pytest.mark.requirement("OF-93", "OF-95", "OF-96", "OF-97", "OF-98", "OF-99")
@pytest.mark.parametrize(
    "case",
    [
        ("channels: shopify", "SHOPIFY_API_KEY", {"channels": ["shopify"]}),
        ("notifiers: slack", "SLACK_WEBHOOK_URL", {"notifications": {"slack_enabled": True}}),
        ("notifiers: sendgrid", "SENDGRID_API_KEY", {"notifications": {"email_enabled": True}}),
        ("notifiers: twilio", "TWILIO_ACCOUNT_SID", {"notifications": {"sms_enabled": True}}),
        ("carriers: shipstation", "SHIPSTATION_API_KEY", {"fulfillment": {"label_providers": ["shipstation"]}}),
        ("carriers: shippo", "SHIPPO_API_TOKEN", {"fulfillment": {"label_providers": ["shippo"]}}),
        ("fulfillment: warehouse", "WAREHOUSE_API_URL", {"locations": AT_A_PARTNER}),
    ],
    ids=lambda case: case[0],
)
def test_only_an_enabled_connector_must_have_its_variables(run, home, here, found, case):
    check, variable, sections = case
    everything_off = {"slack_enabled": False, "email_enabled": False, "sms_enabled": False}
    _enable(here, run, notifications=everything_off)
    assert check not in found()
    sections = {name: everything_off | text if name == "notifications" else text for name, text in sections.items()}
    _enable(here, run, **sections)
    assert found()[check]["verdict"] == "problem"
    assert variable in found()[check]["found"]


@pytest.mark.requirement("OF-93", "OF-98", "OF-99")
def test_a_connector_is_well_once_it_is_authorised(run, home, here, found):
    _enable(here, run, channels=["shopify"], fulfillment={"label_providers": ["shippo", "shipstation"]})
    run("auth", "shopify", "--api-key", "k", "--api-password", "p", "--store-url", "s.example")
    run("auth", "shippo", "--token", "t")
    run("auth", "shipstation", "--api-key", "k")
    checks = found()
    for name in ("channels: shopify", "carriers: shippo", "carriers: shipstation"):
        assert checks[name]["verdict"] == "ok", checks[name]


def test_a_key_that_others_can_read_is_a_problem(home, found):
    home.key_file.chmod(0o644)
    assert "chmod 600" in found()["secret key"]["found"]


def test_dead_letters_are_worth_a_warning(home, found):
    database = home.database()
    with database.write() as conn:
        delivery = {"topic": "x", "external_id": "", "occurred_at_ms": None, "body": b"?"}
        inbox.receive(conn, source="shopify", dedup_key="k", unreadable="not JSON", **delivery)
    database.close()
    assert found()["dead letters"]["verdict"] == "warning"


def test_shifts_that_fell_silent_are_a_problem(home, found):
    ten_minutes_ago_ms = int(time.time() * 1000) - 600_000
    database = home.database()
    with database.write() as conn:
        heartbeats.beat(conn, "shift-1", "process-orders")
    assert found()["shifts"]["verdict"] == "ok"
    with database.write() as conn:
        conn.exec_driver_sql(f"UPDATE worker_heartbeat SET beat_at = {ten_minutes_ago_ms}")
    database.close()
    assert found()["shifts"]["verdict"] == "problem"


def test_prefect_settings_that_differ_from_the_shipped_ones_are_named():
    shipped = {}
    for path, value in SHIPPED.items():
        *parents, last = path.split(".")
        inner = shipped
        for step in parents:
            inner = inner.setdefault(step, {})
        inner[last] = value
    assert differing_settings(shipped) == []
    shipped["server"]["api"]["csrf_protection_enabled"] = False
    (line,) = differing_settings(shipped)
    assert line == "server.api.csrf_protection_enabled is False, should be True"


def test_books_that_do_not_add_up_are_a_problem(home, found):
    assert found()["books"]["verdict"] == "ok"
    database = home.database()
    with database.write() as conn:
        level = StockLevel(location="warehouse_main", sku="S", on_hand=5)
        stock.set_counts(conn, [level], source_version=1)
        conn.exec_driver_sql("UPDATE stock SET on_hand = 6")
    database.close()
    assert found()["books"]["verdict"] == "problem"
    assert "I6" in found()["books"]["found"]


def _changed(home, statement, **values):
    with closing(home.database()) as database, database.write() as conn:
        conn.execute(text(statement), values)


def _hours_ago(hours):
    return int(time.time() * 1000) - hours * 3_600_000


def test_a_channel_nobody_polls_any_more_is_worth_a_warning(home, here, run, found):
    _enable(here, run, channels=["order_file"])
    _changed(home, "INSERT INTO channel_cursor VALUES ('orders:order_file', :at)", at=_hours_ago(0))
    assert found()["poll: order_file"]["verdict"] == "ok"
    _changed(home, "UPDATE channel_cursor SET position = :at", at=_hours_ago(5))
    check = found()["poll: order_file"]
    assert (check["verdict"], "300 minutes" in check["found"]) == ("warning", True)


def test_undecided_labels_and_doubtful_messages_are_counted_with_the_command_that_lists_them(home, found):
    assert found()["unknown labels"]["verdict"] == "ok"
    with closing(home.database()) as database, database.write() as conn:
        steps.begin_steps(conn, [StepIntent("o/1/label", "o", "label", "dhl", "dhl", "h")], "w")
        outbox.enqueue(conn, [OutboxItem("m", "notify", "held", "", {"to": "x"})])
    _changed(home, "UPDATE step SET started_at = :at", at=_hours_ago(1))
    _changed(home, "UPDATE outbox SET state = 'uncertain'")
    checks = found()
    assert "labels unknown list" in checks["unknown labels"]["remedy"]
    assert "messages uncertain list" in checks["uncertain messages"]["remedy"]
    assert checks["dead messages"]["verdict"] == "ok"


def test_work_that_is_late_is_named_by_its_stage(home, found):
    assert found()["queues"]["verdict"] == "ok"
    with closing(home.database()) as database, database.write() as conn:
        outbox.enqueue(conn, [OutboxItem("m", "notify", "held", "", {"to": "x"})])
    _changed(home, "UPDATE outbox SET next_at = :at", at=_hours_ago(2))
    assert "notify for 120 minutes" in found()["queues"]["found"]


@pytest.mark.requirement("OMS-05")
def test_the_newest_seal_of_the_audit_trail_is_shown_and_a_missing_one_warned_of(home, found):
    assert found()["audit seals"]["found"] == "no day is over yet"
    order, _ = decide_sample(home, active_or_written(home), "test_1")
    with closing(home.database()) as database, database.write() as conn:
        order_id = insert_order(conn, home.vault(), order, actor="channel:shopify")
        event = {"order_id": order_id, "seq": 2, "kind": "note", "to_status": "pending", "actor_id": "user:a"}
        audit.write_events(conn, [event | {"occurred_at": _hours_ago(24 * 5)}])
        conn.execute(text("UPDATE orders SET version = 2"))
    assert found()["audit seals"]["verdict"] == "warning"
    with closing(home.database()) as database, database.write() as conn:
        newest = audit.seal_days(conn)[-1]
    assert newest.seal in found()["audit seals"]["found"]
