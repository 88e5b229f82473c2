"""Row 6, SQL in parameters: whatever is asked for or delivered, the tables stay as they are and tell nothing more."""

import json
from contextlib import closing
from urllib.parse import quote

import httpx
import pytest
from scenarios.floor import an_order, document_of
from security.hostile_texts import SQL
from sqlalchemy import text
from webhook_deliveries import post, signed

from connectors.database import audit
from connectors.database.orders import insert_order
from connectors.database.tables import metadata
from deployments.dry_run import active_or_written, decide_sample


def contents(installation):
    """How many rows each table has."""
    with closing(installation.database()) as database, database.read() as conn:
        counts = {table: f"SELECT COUNT(*) FROM {table}" for table in sorted(metadata.tables)}
        return {table: conn.execute(text(query)).scalar_one() for table, query in counts.items()}


@pytest.fixture
def stocked(home):
    """An installation with one order to be stolen or destroyed."""
    order, _ = decide_sample(home, active_or_written(home), "test_1")
    with closing(home.database()) as database, database.write() as conn:
        insert_order(conn, home.vault(), order, actor="channel:shopify")
    return home


COMMANDS = [
    ("orders", "show", "{}"),
    ("orders", "explain", "{}"),
    ("audit", "search", "{}"),
    ("audit", "search", "--order", "{}"),
    ("audit", "search", "--actor", "{}"),
    ("audit", "search", "--kind", "{}"),
    ("dead-letters", "replay", "{}"),
    ("dead-letters", "discard", "{}"),
    ("holds", "check", "{}"),
    ("config:diff", "{}", "{}"),
]


@pytest.mark.parametrize("words", SQL)
def test_no_argument_of_a_command_becomes_sql(run, stocked, words):
    before = contents(stocked)
    for command in COMMANDS:
        ended = run(*(part.format(words) if part == "{}" else part for part in command), "--json")
        assert ended.code in {0, 1, 2}
        assert "sqlite3" not in ended.err and "Traceback" not in ended.err
        assert ended.code or ended.json == [], f"{command} found something by {words!r}"
    assert contents(stocked) == before


@pytest.mark.parametrize("words", SQL)
def test_no_address_of_the_receiver_becomes_sql(served, installation, words):
    before = contents(installation)
    asked = quote(words, safe="")
    for path in (f"/orders/{asked}", f"/labels/{asked}", f"/webhooks/{asked}", f"/webhooks/carriers/{asked}/{asked}"):
        for method in ("GET", "POST"):
            assert httpx.request(method, served + path).status_code in {401, 404, 405}, path
    assert contents(installation) == before


@pytest.mark.parametrize("words", SQL)
def test_no_field_of_a_delivery_becomes_sql(served, installation, words):
    body = json.dumps({"id": words, "name": words, "note": words}).encode()
    header = {"x-shopify-topic": quote(words), "x-shopify-event-id": quote(words)}
    assert post(served, body, signed(body) | header).status_code == 200
    after = contents(installation)
    assert (after["inbox"], after["credential"], after["orders"]) == (1, 0, 0)


def test_orders_made_of_sql_go_through_every_statement_as_they_are(floor):
    made = {words: an_order() for words in SQL}
    floor.deliver(*(order_of(order, words) for words, order in made.items()))
    floor.work()
    for words, order in made.items():
        stored = floor.stored(order)
        assert stored.order.lines[0].title == words
        assert words in stored.order.note
        assert floor.status(order) == "fulfilled"
    with floor.database.read() as conn:
        assert audit.verify(conn)[1] == []


def order_of(order, words):
    """The order with the words in every field that is free text."""
    document = document_of(order, note=words, tags=words.replace(",", ""))
    document["shipping_address"] |= {"first_name": words, "last_name": words, "company": words, "address2": words}
    for item in document["line_items"]:
        item |= {"title": words, "name": words, "variant_title": words}
    return document
