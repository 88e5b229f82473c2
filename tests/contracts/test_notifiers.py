"""What is promised of every notifier, checked on each one the registry knows, over real sockets to its stand-in."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sandbox_server import RunningSandbox, running_sandbox

from connectors.errors import NotConfigured, OutcomeUnknown, Refused, TryAgain
from connectors.protocols import Message
from connectors.registry import build, connectors_of
from deployments.sandbox.webhook import SECRET

ALL = tuple(connectors_of("notifiers"))
ACCOUNT = "AC" + "a" * 32


@dataclass(frozen=True)
class Way:
    """How one notifier is reached in the sandbox, whom it may tell, and whom its service refuses."""

    variables: Callable[[str], dict[str, str]]
    book: str
    recipient: str
    refused: str
    needed: str
    code_of_refusal: str = ""


WAYS = {
    "slack": Way(
        lambda url: {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_BASE_URL": f"{url}/slack/api/"},
        "messages",
        "#ops",
        "#missing",
        "SLACK_WEBHOOK_URL",
    ),
    "sendgrid": Way(
        lambda url: {
            "SENDGRID_API_KEY": "SG.k",
            "SENDGRID_FROM_EMAIL": "shop@example.com",
            "SENDGRID_BASE_URL": f"{url}/sendgrid",
        },
        "mails",
        "ann@example.com",
        "nobody",
        "SENDGRID_API_KEY",
    ),
    "twilio": Way(
        lambda url: {
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": "TEST_sandbox",
            "TWILIO_FROM_NUMBER": "+15125550101",
            "TWILIO_STATUS_CALLBACK_URL": "https://shop.example/webhooks/notifiers/twilio",
            "TWILIO_BASE_URL": f"{url}/twilio",
        },
        "texts",
        "+15125550100",
        "12",
        "TWILIO_ACCOUNT_SID",
    ),
    "webhook": Way(
        lambda _: {"WEBHOOK_SIGNING_SECRET": SECRET, "ORDERFLOW_ALLOW_PRIVATE_WEBHOOKS": "1"},
        "deliveries",
        "{url}/webhook/dashboard",
        "ftp://shop.example/x",
        "WEBHOOK_SIGNING_SECRET",
    ),
    "smtp": Way(
        lambda url: {
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(httpx.post(f"{url}/smtp/_listen", json={}).json()["port"]),
            "SMTP_SECURITY": "none",
            "SMTP_FROM_EMAIL": "shop@example.com",
        },
        "mails",
        "ann@example.com",
        "nobody@example.com",
        "SMTP_HOST",
    ),
}
HTTP = [code for code in ALL if code != "smtp"]


@pytest.fixture(scope="module")
def server() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def sandbox(server: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> RunningSandbox:
    server.forget()
    for connector in connectors_of("notifiers").values():
        for variable in connector.Settings.variables():
            monkeypatch.delenv(variable, raising=False)
    return server


def message(sandbox: RunningSandbox, code: str, **changes: Any) -> Message:
    to = WAYS[code].recipient.replace("{url}", sandbox.url)
    said = {"key": "order-1/told", "recipient": to, "subject": "Order 1", "text": "It left.", "data": {"id": "1"}}
    return Message(**said | changes)


def send(sandbox: RunningSandbox, code: str, *messages: Message, **variables: str) -> list[str]:
    async def all_of_them() -> list[str]:
        notifier = build("notifiers", code, WAYS[code].variables(sandbox.url) | variables)
        receipts = [await notifier.send(each) for each in messages or [message(sandbox, code)]]
        if hasattr(notifier, "aclose"):
            await notifier.aclose()
        return receipts

    return asyncio.run(all_of_them())


def arrived(sandbox: RunningSandbox, code: str) -> list[dict[str, Any]]:
    return sandbox.books(code).entries(WAYS[code].book)


def test_every_notifier_is_in_this_suite() -> None:
    assert set(WAYS) == set(ALL)


@pytest.mark.requirement("OF-11")
@pytest.mark.parametrize("code", ALL)
def test_a_message_arrives_once_under_its_key_and_has_a_receipt(sandbox: RunningSandbox, code: str) -> None:
    (receipt,) = send(sandbox, code)
    assert receipt
    assert [row.get("key") or row["id"] for row in arrived(sandbox, code)] == ["order-1/told"]


@pytest.mark.parametrize("code", ALL)
def test_a_message_that_replaces_or_answers_another_still_arrives_where_that_cannot_be_done(
    sandbox: RunningSandbox, code: str
) -> None:
    (first,) = send(sandbox, code)
    send(sandbox, code, message(sandbox, code, key="order-1/next", in_reply_to=first, for_everyone=True))
    assert len(arrived(sandbox, code)) == 2


@pytest.mark.parametrize("code", ALL)
def test_whom_the_service_does_not_know_is_refused_for_good(sandbox: RunningSandbox, code: str) -> None:
    with pytest.raises(Refused):
        send(sandbox, code, message(sandbox, code, recipient=WAYS[code].refused))
    assert arrived(sandbox, code) == []


@pytest.mark.requirement("LANE-17")
@pytest.mark.parametrize("code", HTTP)
def test_a_service_that_asks_to_wait_is_waited_for_as_long_as_it_says(sandbox: RunningSandbox, code: str) -> None:
    sandbox.fail(code, "receive" if code == "webhook" else "send", "rate_limited", seconds=7)
    with pytest.raises(TryAgain) as later:
        send(sandbox, code)
    assert later.value.wait_seconds == 7
    assert arrived(sandbox, code) == []


@pytest.mark.parametrize("code", HTTP)
@pytest.mark.parametrize("mode", ["cut_off", "error_500_done"])
def test_a_message_of_unknown_fate_was_sent_once_and_is_called_unknown(
    sandbox: RunningSandbox, code: str, mode: str
) -> None:
    sandbox.fail(code, "receive" if code == "webhook" else "send", mode, count=None)
    with pytest.raises(OutcomeUnknown):
        send(sandbox, code)
    assert len(arrived(sandbox, code)) == 1


@pytest.mark.parametrize("code", ALL)
def test_a_notifier_that_cannot_be_asked_says_that_nobody_knows(sandbox: RunningSandbox, code: str) -> None:
    notifier = build("notifiers", code, WAYS[code].variables(sandbox.url))
    asked = notifier.find(message(sandbox, code), datetime.now(UTC))
    if notifier.can_be_asked:
        assert asyncio.run(asked) is None
    else:
        with pytest.raises(OutcomeUnknown, match="cannot be asked"):
            asyncio.run(asked)


@pytest.mark.parametrize("code", ALL)
def test_a_missing_setting_is_named_by_its_variable(sandbox: RunningSandbox, code: str) -> None:
    with pytest.raises(NotConfigured) as missing:
        build("notifiers", code, {})
    assert missing.value.variable == WAYS[code].needed


def listening(sandbox: RunningSandbox, mode: str) -> dict[str, str]:
    return {"SMTP_PORT": str(httpx.post(f"{sandbox.url}/smtp/_listen", json={"mode": mode}).json()["port"])}


def test_a_mail_by_smtp_has_both_forms_its_attachments_and_any_alphabet(sandbox: RunningSandbox) -> None:
    label = ("label.pdf", "application/pdf", b"%PDF-1.4 " + bytes(range(256)))
    said = message(
        sandbox, "smtp", subject="Ваш заказ №1 ✓", text="line\n.\n..dots\n", html="<p>é</p>", attachments=(label,)
    )
    send(sandbox, "smtp", said)
    (mail,) = arrived(sandbox, "smtp")
    assert (mail["subject"], mail["html"].strip()) == (said.subject, said.html)
    assert mail["text"].splitlines() == said.text.splitlines()
    assert mail["attachments"] == [("label.pdf", 9 + 256)]


def test_a_mail_server_that_is_busy_or_away_certainly_took_nothing(sandbox: RunningSandbox) -> None:
    for how in (listening(sandbox, "busy"), {"SMTP_PORT": "9"}):
        with pytest.raises(TryAgain):
            send(sandbox, "smtp", **how)
    assert arrived(sandbox, "smtp") == []


def test_a_mail_server_that_hangs_up_after_the_mail_leaves_its_fate_unknown(sandbox: RunningSandbox) -> None:
    with pytest.raises(OutcomeUnknown):
        send(sandbox, "smtp", **listening(sandbox, "drops"))
    assert len(arrived(sandbox, "smtp")) == 1


def test_credentials_and_encryption_a_mail_server_does_not_have_are_named(sandbox: RunningSandbox) -> None:
    with pytest.raises(Refused) as refused:
        send(sandbox, "smtp", SMTP_USER="shop", SMTP_PASSWORD="wrong")
    assert refused.value.code == "credentials" and "wrong" not in str(refused.value)
    with pytest.raises(Refused) as refused:
        send(sandbox, "smtp", SMTP_SECURITY="starttls")
    assert refused.value.field == "SMTP_SECURITY"
    assert arrived(sandbox, "smtp") == []
    send(sandbox, "smtp", SMTP_USER="shop", SMTP_PASSWORD="right")
    assert len(arrived(sandbox, "smtp")) == 1


def test_a_line_break_in_a_header_adds_no_recipient(sandbox: RunningSandbox) -> None:
    for change in ({"recipient": "a@example.com\nBcc: x@example.com"}, {"subject": "Hi\r\nBcc: x@example.com"}):
        with pytest.raises(Refused):
            send(sandbox, "smtp", message(sandbox, "smtp", **change))
    assert arrived(sandbox, "smtp") == []
