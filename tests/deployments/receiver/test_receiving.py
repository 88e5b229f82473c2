"""A webhook is checked, kept once, and answered; nothing else happens in the request."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from receiver_server import served_receiver
from sqlalchemy import make_url
from webhook_deliveries import OLD_SECRET, SECRET, order_body, post, signed

from connectors.database import credentials, inbox
from connectors.database.session import Database

UNREADABLE = [b"not json", b"[" * 40 + b"]" * 40, b'{"id": NaN}', b'{"id":' + b"9" * 100_000 + b"}"]


@pytest.fixture
def rows(installation):
    """Reads the whole inbox."""

    def read():
        with sqlite3.connect(make_url(installation.database_address).database) as conn:
            conn.row_factory = sqlite3.Row
            return [dict(row) for row in conn.execute("SELECT * FROM inbox ORDER BY id")]

    return read


@pytest.mark.requirement("OF-162", "OMS-49")
def test_a_signed_delivery_is_kept_before_it_is_answered(served, rows, installation):
    body = order_body()
    answer = post(served, body)
    assert (answer.status_code, answer.json()) == (200, {"status": "received"})
    (row,) = rows()
    assert (row["source"], row["topic"], row["external_id"]) == ("shopify", "orders/create", "1001")
    assert (row["state"], row["attempts"]) == ("new", 0)
    assert inbox.opened_body(installation.vault(), row["body"]) == body


@pytest.mark.requirement("OMS-49")
def test_nothing_is_routed_while_the_shop_waits_for_its_answer(served, installation):
    post(served, order_body())
    with sqlite3.connect(make_url(installation.database_address).database) as conn:
        assert conn.execute("SELECT count(*) FROM orders").fetchone() == (0,)


@pytest.mark.requirement("OF-162")
def test_a_repeated_delivery_is_answered_and_kept_once(served, rows):
    body = order_body()
    assert [post(served, body).json()["status"] for _ in range(3)] == ["received", "duplicate", "duplicate"]
    assert len(rows()) == 1


@pytest.mark.requirement("OF-162")
def test_the_same_delivery_many_times_at_once_is_one_row(served, rows):
    body = order_body()
    with ThreadPoolExecutor(16) as many:
        answers = list(many.map(lambda _: post(served, body), range(40)))
    assert {answer.status_code for answer in answers} == {200}
    assert sum(answer.json()["status"] == "received" for answer in answers) == 1
    assert len(rows()) == 1


def test_deliveries_that_wait_together_are_all_kept(served, rows):
    with ThreadPoolExecutor(16) as many:
        bodies = [order_body(number) for number in range(40)]
        answers = list(many.map(lambda body: post(served, body, signed(body, event=body.decode())), bodies))
    assert {answer.json()["status"] for answer in answers} == {"received"}
    assert len(rows()) == 40


@pytest.mark.requirement("OF-162")
@pytest.mark.parametrize(
    "forge",
    [
        lambda headers: headers | {"x-shopify-hmac-sha256": ""},
        lambda headers: {name: text for name, text in headers.items() if "hmac" not in name},
        lambda headers: headers | {"x-shopify-hmac-sha256": headers["x-shopify-hmac-sha256"].swapcase()},
        lambda headers: signed(order_body(), secret="another shop's"),
        lambda headers: signed(order_body(1002)),
        lambda headers: [*headers.items(), ("x-shopify-hmac-sha256", "forged")],
        lambda headers: [("x-shopify-hmac-sha256", "forged"), *headers.items()],
    ],
    ids=["empty", "none", "changed", "wrong secret", "of another body", "two, last wrong", "two, first wrong"],
)
def test_a_forged_delivery_is_refused_and_nothing_is_kept(served, rows, forge):
    body = order_body()
    answer = httpx.post(f"{served}/webhooks/shopify", content=body, headers=forge(signed(body)))
    assert answer.status_code == 401
    assert SECRET not in answer.text
    assert rows() == []


@pytest.mark.requirement("OF-162")
def test_while_a_secret_is_rotated_both_fit(served):
    body = order_body()
    assert post(served, body, signed(body, OLD_SECRET)).status_code == 200


def test_a_channel_nobody_wrote_is_unknown(served, rows):
    assert post(served, order_body(), channel="ebay").status_code == 404
    assert rows() == []


@pytest.mark.requirement("OF-93")
def test_a_channel_without_its_settings_is_named_and_may_be_tried_again(installation, monkeypatch):
    monkeypatch.delenv("SHOPIFY_API_PASSWORD")
    with served_receiver(installation) as address:
        answer = post(address, order_body())
    assert answer.status_code == 503
    assert "SHOPIFY_API_PASSWORD" in answer.json()["detail"]


@pytest.mark.requirement("OF-93")
def test_stored_credentials_are_used_where_the_environment_has_none(installation, monkeypatch):
    monkeypatch.delenv("SHOPIFY_WEBHOOK_SECRET")
    database = installation.database()
    with database.write() as conn:
        credentials.store_credential(conn, installation.vault(), "SHOPIFY_WEBHOOK_SECRET", "kept encrypted")
    database.close()
    body = order_body()
    with served_receiver(installation) as address:
        assert post(address, body).status_code == 401
        assert post(address, body, signed(body, "kept encrypted")).status_code == 200


@pytest.mark.requirement("LANE-18")
@pytest.mark.parametrize(
    "body", [b"not json", b"[" * 40 + b"]" * 40, b'{"id": NaN}', b'{"id":' + b"9" * 100_000 + b"}"]
)
def test_a_genuine_delivery_nobody_can_read_is_kept_as_a_dead_letter_with_the_reason(served, installation, body):
    assert post(served, body).status_code == 200
    assert post(served, body).json() == {"status": "duplicate"}
    database = installation.database()
    with database.read() as conn:
        (letter,) = inbox.dead_letters(conn)
    database.close()
    assert letter.source == "shopify"
    assert letter.error


def test_while_the_database_is_locked_the_shop_is_asked_to_send_again(served, installation, monkeypatch):
    post(served, order_body(1))
    monkeypatch.setattr("deployments.receiver.receipts.COMMIT_SECONDS", 0.2)
    database = Database(installation.database_address)
    body = order_body(2)
    with database.write():
        assert post(served, body, signed(body, event="2")).status_code == 503
    database.close()


def test_health_and_metrics_tell_what_is_due(served):
    post(served, order_body())
    assert httpx.get(f"{served}/health").json() == {"status": "ok"}
    assert 'orderflow_due{queue="inbox"} 1' in httpx.get(f"{served}/metrics").text.splitlines()


def test_without_tables_nothing_is_taken_in_and_health_says_so(served, installation):
    with sqlite3.connect(make_url(installation.database_address).database) as conn:
        conn.execute("ALTER TABLE inbox RENAME TO elsewhere")
    assert post(served, order_body()).status_code == 503
    assert httpx.get(f"{served}/health").status_code == 503


def test_there_is_no_documentation_page_for_strangers(served):
    assert {httpx.get(f"{served}{path}").status_code for path in ("/docs", "/openapi.json", "/")} == {404}
    assert json.loads(httpx.get(f"{served}/webhooks/shopify").text) == {"detail": "Method Not Allowed"}
