"""What was delivered, addresses that were switched off, and what customers said."""

import pytest

from connectors.database import outbox
from connectors.database.orders import insert_order
from connectors.database.outbox import Attempt, OutboxItem, endpoints
from deployments.dry_run import active_or_written, decide_sample

HOOK = "https://hooks.example/secret-path"


@pytest.fixture
def order(home):
    """A stored order."""
    order, _ = decide_sample(home, active_or_written(home), "test_1")
    order = order.model_copy(update={"number": "#1001", "external_id": "77", "source": "shopify"})
    database = home.database()
    with database.write() as conn:
        order_id = insert_order(conn, home.vault(), order, actor="channel:shopify")
    database.close()
    return order_id


@pytest.fixture
def webhook(home, order):
    """A webhook that failed twice at an address that was switched off for it."""
    database = home.database()
    with database.write() as conn:
        item = OutboxItem("k/1", "notify", "event", order, {"to": f"webhook:{HOOK}", "repeat_is_safe": True})
        outbox.enqueue(conn, [item, OutboxItem("k/2", "notify", "shipped", order, {"to": "customer"})])
        (row,) = outbox.deliveries(conn, ways=["webhook"])
        outbox.note_attempts(
            conn, [Attempt(row.message.id, "later", "answered 503"), Attempt(row.message.id, "uncertain")]
        )
        endpoints.note_failures(conn, {HOOK: "answered 503"})
        assert endpoints.disable(conn, [HOOK], failing_seconds=0) == [HOOK]
    database.close()


@pytest.mark.requirement("OF-84")
def test_deliveries_are_listed_with_every_attempt_by_way_order_and_failure(run, webhook):
    (found,) = run("webhooks", "deliveries", "--way", "webhook", "--json").json
    assert [attempt["outcome"] for attempt in found["attempts"]] == ["later", "uncertain"]
    assert len(run("webhooks", "deliveries", "--order", "1001", "--failed", "--json").json) == 2
    assert "answered 503" in run("webhooks", "endpoints").out
    assert run("webhooks", "deliveries", "--order", "nobody").code == 2


@pytest.mark.requirement("OF-84")
def test_an_address_is_switched_on_again_once(run, webhook):
    assert run("webhooks", "enable", HOOK).code == 0
    assert run("webhooks", "enable", HOOK).code == 2
    (endpoint,) = run("webhooks", "endpoints", "--json").json
    assert (endpoint["disabled_at_ms"], endpoint["failures"]) == (None, 0)


@pytest.mark.requirement("FUL-24")
def test_scores_are_imported_once_and_a_file_with_a_wrong_line_not_at_all(run, here, order):
    file = here / "csat.csv"
    file.write_text("order,kind,score,said_at\n1001,satisfaction,4,2026-11-22T10:00:00Z\n")
    assert run("feedback", "import", str(file), "--json").json == {"read": 1, "new": 1}
    assert run("feedback", "import", str(file), "--json").json == {"read": 1, "new": 0}
    for line in ("1001,satisfaction,6", "9999,satisfaction,4", "1001,anger,", "1001,wrong_item,3", "1001,wrong_item,"):
        file.write_text(f"order,kind,score\n1001,satisfaction,5\n{line}\n")
        ended = run("feedback", "import", str(file))
        assert (ended.code, "line 3" in ended.err) == (2, True), line
