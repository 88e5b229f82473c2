"""What SendGrid and Twilio report of messages: only what they really signed is believed."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from shared_material import shared_path

from connectors import registry
from connectors.errors import NotConfigured, OutcomeUnknown, SignatureRefused, Unreadable
from connectors.protocols import Message, ReportDelivery

CALLBACK = "https://shop.example/webhooks/notifiers/twilio"
KEYS = {
    "sendgrid": {"SENDGRID_API_KEY": "SG.k", "SENDGRID_FROM_EMAIL": "shop@example.com"},
    "twilio": {
        "TWILIO_ACCOUNT_SID": "AC" + "a" * 32,
        "TWILIO_AUTH_TOKEN": "TEST_sandbox",
        "TWILIO_FROM_NUMBER": "+15125550101",
        "TWILIO_STATUS_CALLBACK_URL": CALLBACK,
    },
}
MESSAGES = {
    "sendgrid": Message("order-1/shipped", "ann@example.com", "Shipped", "It left."),
    "twilio": Message("order-1/sms", "+15125550100", "", "It left."),
}


def connect(sandbox, code: str):
    stored = {**KEYS[code], f"{code.upper()}_BASE_URL": f"{sandbox.url}/{code}"}
    if code == "sendgrid":
        settings = httpx.get(f"{sandbox.url}/sendgrid/v3/user/webhooks/event/settings/signed").json()
        stored["SENDGRID_WEBHOOK_PUBLIC_KEY"] = settings["public_key"]
    return registry.build("notifiers", code, stored)


def reported(sandbox, code: str, *words: str) -> ReportDelivery:
    """The signed request about the message that was sent last."""
    asked = {"sendgrid": ("_events", {"events": words}), "twilio": ("_status", {"status": words[0]})}[code]
    told = {**asked[1], "auth_token": "TEST_sandbox", "error_code": "30003" if "undelivered" in words else ""}
    answer = httpx.post(f"{sandbox.url}/{code}/{asked[0]}", json=told).json()
    headers = {name.lower(): text for name, text in answer["headers"].items()}
    return ReportDelivery(headers, answer.get("query", ""), answer["body"].encode())


def sent(sandbox, code: str):
    notifier = connect(sandbox, code)
    asyncio.run(notifier.send(MESSAGES[code]))
    return notifier


@pytest.mark.parametrize(
    ("code", "words", "statuses"),
    [
        ("sendgrid", ("processed", "delivered", "open", "group_resubscribe"), ["accepted", "delivered", "read"]),
        ("sendgrid", ("deferred", "bounce"), ["delayed", "refused"]),
        ("twilio", ("delivered",), ["delivered"]),
        ("twilio", ("undelivered",), ["refused"]),
    ],
)
def test_signed_reports_are_read_and_name_our_message_and_no_person(sandbox, code, words, statuses):
    notifier = sent(sandbox, code)
    delivery, now = reported(sandbox, code, *words), datetime.now(UTC)
    notifier.verify(delivery, now)
    reports = notifier.reports(delivery, now)
    assert [report.status for report in reports] == statuses
    assert {report.message_key for report in reports} == {MESSAGES[code].key}
    assert len({report.event_id for report in reports}) == len(reports)
    assert MESSAGES[code].recipient not in repr(reports)


@pytest.mark.requirement("OF-162")
@pytest.mark.parametrize("code", KEYS)
def test_reports_with_any_bit_flipped_are_refused(sandbox, code):
    notifier, now = sent(sandbox, code), datetime.now(UTC)
    delivery = reported(sandbox, code, "delivered")
    body = delivery.body
    for place in range(len(body)):
        with pytest.raises(SignatureRefused):
            changed = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
            notifier.verify(replace(delivery, body=changed), now)
    for name in [name for name in delivery.headers if name.startswith("x-twilio")]:
        for text in ("", delivery.headers[name][:-1], "A" + delivery.headers[name]):
            with pytest.raises(SignatureRefused):
                notifier.verify(replace(delivery, headers={**delivery.headers, name: text}), now)


@pytest.mark.requirement("OF-162")
def test_a_status_for_another_message_is_refused_as_the_key_is_part_of_what_is_signed(sandbox):
    notifier, now = sent(sandbox, "twilio"), datetime.now(UTC)
    delivery = reported(sandbox, "twilio", "delivered")
    with pytest.raises(SignatureRefused):
        notifier.verify(replace(delivery, query="message_key=order-2%2Fsms"), now)


@pytest.mark.requirement("OF-162")
def test_events_hold_for_a_day_and_need_the_key_of_the_account(sandbox):
    notifier, now = sent(sandbox, "sendgrid"), datetime.now(UTC)
    delivery = reported(sandbox, "sendgrid", "delivered")
    notifier.verify(delivery, now + timedelta(hours=24))
    for moment in (now + timedelta(hours=26), now - timedelta(hours=1)):
        with pytest.raises(SignatureRefused, match="too long ago"):
            notifier.verify(delivery, moment)
    stored = {**KEYS["sendgrid"], "SENDGRID_BASE_URL": sandbox.url}
    with pytest.raises(SignatureRefused, match="SENDGRID_WEBHOOK_PUBLIC_KEY"):
        registry.build("notifiers", "sendgrid", stored).verify(delivery, now)


@pytest.mark.parametrize("body", [b'[{"event": "delivered", "message_key": "k"}]', b"[1]", b"["])
def test_events_nobody_can_read_are_called_unreadable(sandbox, body):
    notifier = connect(sandbox, "sendgrid")
    with pytest.raises(Unreadable):
        notifier.reports(ReportDelivery({}, "", body), datetime.now(UTC))


def test_the_official_vector_of_twilio_is_accepted():
    vector = json.loads(shared_path("contracts/webhook-signature-vectors.json").read_text())["twilio"]
    notifier = registry.connectors_of("notifiers")["twilio"]
    settings = notifier.Settings.load(
        {**KEYS["twilio"], "TWILIO_AUTH_TOKEN": vector["auth_token"], "TWILIO_STATUS_CALLBACK_URL": vector["url"]}
    )
    body = str(httpx.QueryParams(vector["params"])).encode()
    delivery = ReportDelivery({"x-twilio-signature": vector["X-Twilio-Signature"]}, "", body)
    notifier(settings).verify(delivery, datetime.now(UTC))


def test_a_text_of_unknown_fate_is_found_in_twilios_list_and_one_never_sent_is_not(sandbox):
    since = datetime.now(UTC)
    notifier = connect(sandbox, "twilio")

    async def story() -> tuple[str | None, str | None, str | None]:
        before = await notifier.find(MESSAGES["twilio"], since)
        sandbox.fail("twilio", "send", "cut_off")
        with pytest.raises(OutcomeUnknown):
            await notifier.send(MESSAGES["twilio"])
        found = await notifier.find(MESSAGES["twilio"], since)
        later = await notifier.find(MESSAGES["twilio"], since + timedelta(minutes=1))
        await notifier.aclose()
        return before, found, later

    before, found, later = asyncio.run(story())
    (text,) = sandbox.books("twilio").entries("texts")
    assert (before, found, later) == (None, text["sid"], None)


def test_a_notice_with_a_template_of_its_own_is_laid_out_by_sendgrid(sandbox):
    stored = {**KEYS["sendgrid"], "SENDGRID_BASE_URL": f"{sandbox.url}/sendgrid"}
    notifier = registry.build("notifiers", "sendgrid", stored | {"SENDGRID_TEMPLATES": "order_shipped=d-1, x=d-2"})
    words = {"order": "#1", "tracking_number": "1Z"}
    asyncio.run(notifier.send(replace(MESSAGES["sendgrid"], template="order_shipped", words=words)))
    (mail,) = sandbox.books("sendgrid").entries("mails")
    assert (mail["template"], mail["template_data"], mail["text"]) == ("d-1", words, "")
    with pytest.raises(NotConfigured, match="SENDGRID_TEMPLATES"):
        registry.build("notifiers", "sendgrid", stored | {"SENDGRID_TEMPLATES": "order_shipped"})
