"""What services report of messages: kept once where they signed it, refused where they did not."""

import asyncio

import httpx
import pytest
from shop_floor import RunningSandbox, connector_variables, running_sandbox

from connectors import registry
from connectors.database import outbox
from connectors.database.outbox import OutboxItem
from connectors.installation import Installation
from connectors.protocols import Message


@pytest.fixture(scope="module")
def sandbox():
    with running_sandbox() as running:
        yield running


@pytest.fixture
def events(sandbox: RunningSandbox, installation: Installation, monkeypatch: pytest.MonkeyPatch):
    """The signed request of SendGrid that the mail "order-1/shipped" was delivered."""
    for name, text in connector_variables(sandbox.address).items():
        monkeypatch.setenv(name, text)
    settings = httpx.get(f"{sandbox.address}/sendgrid/v3/user/webhooks/event/settings/signed").json()
    monkeypatch.setenv("SENDGRID_WEBHOOK_PUBLIC_KEY", settings["public_key"])
    asyncio.run(registry.build("notifiers", "sendgrid").send(Message("order-1/shipped", "a@example.com", "s", "t")))
    answer = httpx.post(f"{sandbox.address}/sendgrid/_events", json={"events": ["processed", "delivered"]}).json()
    return {"headers": answer["headers"], "content": answer["body"].encode()}


def reports_of(installation: Installation) -> list[str]:
    database = installation.database()
    try:
        with database.write() as conn:
            outbox.enqueue(conn, [OutboxItem("order-1/shipped", "notify", "shipped", "")])
        with database.read() as conn:
            return [report.status for report in outbox.deliveries(conn)[0].reports]
    finally:
        database.close()


@pytest.mark.requirement("OF-18")
def test_events_of_a_mail_are_kept_once_however_often_they_come(events, served, installation):
    answers = [httpx.post(f"{served}/webhooks/notifiers/sendgrid", **events) for _ in range(2)]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"new": 2}), (200, {"new": 0})]
    assert reports_of(installation) == ["accepted", "delivered"]


@pytest.mark.requirement("OF-162")
def test_events_that_were_changed_on_the_way_are_refused_and_not_kept(events, served, installation):
    changed = events["content"].replace(b"delivered", b"processed")
    answer = httpx.post(f"{served}/webhooks/notifiers/sendgrid", headers=events["headers"], content=changed)
    assert answer.status_code == 401
    assert reports_of(installation) == []


@pytest.mark.parametrize("code", ["slack", "webhook", "nobody"])
def test_a_service_that_reports_nothing_has_no_address_here(events, served, code):
    assert httpx.post(f"{served}/webhooks/notifiers/{code}", **events).status_code == 404
