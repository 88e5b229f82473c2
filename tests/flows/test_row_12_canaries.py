"""Row 12, secrets and people in logs: the real flows run on a canary's orders, and nobody who looks on learns of it.

Looked through: what the processes print, Prefect's database with its parameters, logs and artifacts, and the reports.
"""

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL
from security.canaries import canaries_below, canaries_in, planted
from shop_floor import RunningSandbox, connector_variables, fill, place, some_orders

from connectors.database import holds, inbox
from connectors.database.session import Database
from connectors.installation import Installation
from connectors.logs import configure_logs
from deployments.demo.dress import as_shopify
from flows.poll_channels import poll_channels
from flows.process_order import process_order
from flows.process_orders import process_orders
from flows.resolve_hold import HoldAnswer, resolve_hold
from flows.sync_inventory import sync_inventory
from flows.watch_orders import watch_orders
from flows.weekly_report import weekly_report
from tasks.resolve import Answer

SECRET_WORDS = ("KEY", "SECRET", "TOKEN", "PASSWORD", "SID", "WEBHOOK_URL")
ORDERS = some_orders(5, seed=77)


@pytest.fixture
def talkative(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Logs of everything there is to be said."""
    monkeypatch.setenv("ORDERFLOW_LOG_LEVEL", "DEBUG")
    configure_logs.cache_clear()
    yield
    configure_logs.cache_clear()
    logging.getLogger().setLevel(logging.WARNING)


def posted() -> list[dict]:
    """Two good orders, one for approval, one nobody can read, and one of an impossible address."""
    documents = [planted(as_shopify(order)) for order in ORDERS]
    documents[2]["total_price"] = "1200.00"
    documents[3]["line_items"] = [{"sku": 5}]
    documents[4]["shipping_address"]["zip"] = "99999"
    return documents


def receive(installation: Installation, database: Database, document: dict) -> None:
    """Keeps the delivery as the receiver does."""
    body = inbox.sealed_body(installation.vault(), json.dumps(document).encode())
    named = {"source": "shopify", "topic": "orders/create", "external_id": str(document["id"])}
    with database.write() as conn:
        inbox.receive(conn, **named, dedup_key=f"create:{document['id']}", occurred_at_ms=None, body=body)


def work_through(installation: Installation, sandbox: RunningSandbox) -> None:
    """All of them by every flow, with services that fail on the way."""
    database = installation.database()
    fill(database, 50)
    sandbox.fail("shippo", "buy", "cut_off", count=1)
    sandbox.fail("sendgrid", "send", "nonsense", count=1)
    sandbox.fail("slack", "message", "error_500", count=1)
    place(sandbox, *ORDERS)
    for document in posted():
        receive(installation, database, document)
    asyncio.run(process_orders(shift_minutes=1, until_idle=True))
    asyncio.run(process_order(str(ORDERS[2].number), "preview"))
    answer = HoldAnswer(answer=Answer.APPROVE, actor="kim", note="known customer")
    asyncio.run(resolve_hold(str(ORDERS[2].number), answer))
    for flow in (poll_channels(["shopify"]), sync_inventory(), watch_orders(shift_minutes=0), weekly_report()):
        asyncio.run(flow)
    with database.read() as conn:
        assert holds.open_holds(conn), "the order of the impossible address waits for a person"
    database.close()


def secrets_of(installation: Installation, sandbox: RunningSandbox) -> list[str]:
    told = connector_variables(sandbox.address)
    secrets = {text for name, text in told.items() if any(word in name for word in SECRET_WORDS) and len(text) > 8}
    return [*sorted(secrets), installation.key_file.read_text().strip()]


def prefect_files() -> list[Path]:
    file = Path(PREFECT_API_DATABASE_CONNECTION_URL.value().removeprefix("sqlite+aiosqlite:///"))
    return [path for path in file.parent.glob(f"{file.name}*") if path.is_file()]


@pytest.mark.requirement("OF-160")
@pytest.mark.usefixtures("talkative")
def test_nobody_who_looks_on_learns_who_the_customer_is_or_what_opens_the_services(
    installation: Installation, sandbox: RunningSandbox, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    work_through(installation, sandbox)
    printed = "".join(capfd.readouterr())
    assert "service=shippo" in printed, "nothing was logged: the test looks at nothing"
    files = prefect_files()
    assert sum(path.stat().st_size for path in files) > 100_000
    watched = {str(path): path.read_bytes() for path in files} | {"printed": printed.encode()}
    secrets = secrets_of(installation, sandbox)
    assert len(secrets) > 10
    for name, content in watched.items():
        assert canaries_in(content) == [], name
        assert [secret for secret in secrets if secret.encode() in content] == [], name
    assert canaries_below(tmp_path / "reports") == {}
    assert canaries_in(b"".join(path.read_bytes() for path in tmp_path.glob("orderflow.db*"))) == []
    assert canaries_in(json.dumps(planted(as_shopify(ORDERS[0]))).encode()), "the test finds what it looks for"
