"""Twilio's notifier against the stand-in."""

import asyncio
import json
from urllib.parse import parse_qsl

import pytest
from notice_values import LETTERHEAD, NOW, sample_order, sample_parcel
from shared_material import shared_path

from connectors import registry
from connectors.errors import NotConfigured, OutcomeUnknown, Refused, TryAgain
from connectors.notifiers.twilio import TwilioSettings, international, message_form
from connectors.protocols import Message
from connectors.templates import sms
from orderflow.notices.staff.alerts import delivery_failure_alert

KEYS = {
    "TWILIO_ACCOUNT_SID": "AC" + "a" * 32,
    "TWILIO_AUTH_TOKEN": "TEST_sandbox",
    "TWILIO_FROM_NUMBER": "+15125550101",
}
FAILURE = delivery_failure_alert(sample_order(), sample_parcel(), "lost", NOW, LETTERHEAD)


def _send(sandbox, *messages: Message | None, **changes: str) -> list[str]:
    stored = {**KEYS, "TWILIO_BASE_URL": f"{sandbox.url}/twilio", **changes}

    async def all_of_them() -> list[str]:
        notifier = registry.build("notifiers", "twilio", stored)
        sent = [await notifier.send(message) for message in messages if message]
        await notifier.aclose()
        return sent

    return asyncio.run(all_of_them())


def _texts(sandbox):
    return sandbox.books("twilio").entries("texts")


@pytest.mark.requirement("OF-17", "OF-83", "OF-97")
def test_an_urgent_notice_is_exactly_one_text_message_of_one_segment(sandbox):
    (sid,) = _send(
        sandbox,
        sms(FAILURE, "+1 (512) 555-0100", "event-1"),
        TWILIO_STATUS_CALLBACK_URL="https://hooks.example.com/twilio",
    )
    (arrived,) = _texts(sandbox)
    assert (arrived["sid"], arrived["key"], arrived["segments"]) == (sid, "event-1", 1)
    assert (arrived["recipient"], arrived["sender"]) == ("+15125550100", "+15125550101")
    assert arrived["text"] == FAILURE.short_text


@pytest.mark.requirement("OF-97")
@pytest.mark.parametrize("variable", KEYS)
def test_a_missing_setting_is_named(sandbox, variable):
    with pytest.raises(NotConfigured, match=variable):
        registry.build("notifiers", "twilio", {name: text for name, text in KEYS.items() if name != variable})


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("+1-555-0100", "+15550100"),
        ("(512) 555-0100", "+15125550100"),
        ("+49 30 901820", "+4930901820"),
        ("0011 44 20 7946 0018", "+442079460018"),
    ],
)
def test_numbers_are_sent_in_international_form(written, sent):
    region = "AU" if written.startswith("0011") else "US"
    assert international(written, region, field="To") == sent


@pytest.mark.parametrize("written", ["", "call me", "12", "+1" + "5" * 20])
def test_what_cannot_be_a_number_is_refused_without_quoting_it(sandbox, written):
    with pytest.raises(Refused) as refused:
        _send(sandbox, sms(FAILURE, written, "k"))
    assert refused.value.field == "To"
    assert not written or written not in str(refused.value)
    assert _texts(sandbox) == []


def test_a_refusal_of_twilio_names_its_code_and_no_number(sandbox):
    with pytest.raises(Refused) as refused:
        _send(sandbox, Message("k", "+15125550100", "s", "x" * 1601))
    assert refused.value.code == "21617"
    with pytest.raises(Refused) as refused:
        _send(sandbox, sms(FAILURE, "+15125550100", "k"), TWILIO_AUTH_TOKEN="wrong")
    assert refused.value.code == "credentials"
    assert "5550100" not in str(refused.value)


def test_a_limit_means_later(sandbox):
    sandbox.fail("twilio", "send", "rate_limited", seconds=3)
    with pytest.raises(TryAgain) as later:
        _send(sandbox, sms(FAILURE, "+15125550100", "k"))
    assert later.value.wait_seconds == 3
    assert _texts(sandbox) == []


@pytest.mark.parametrize("mode", ["cut_off", "error_500_done", "nonsense"])
def test_a_text_whose_fate_is_unclear_is_sent_once_and_called_unknown(sandbox, mode):
    sandbox.fail("twilio", "send", mode, count=None)
    with pytest.raises(OutcomeUnknown):
        _send(sandbox, sms(FAILURE, "+15125550100", "k"))
    assert len(_texts(sandbox)) == 1


def test_our_form_is_the_one_the_sdk_sends():
    recordings = json.loads(shared_path("contracts/sdk-wire-recordings.json").read_text(encoding="utf-8"))
    recorded = next(dict(parse_qsl(one["body"])) for one in recordings if one["sdk"] == "twilio")
    settings = TwilioSettings.load({**KEYS, "TWILIO_STATUS_CALLBACK_URL": "https://x/cb"})
    ours = message_form(Message("k", "+15125550100", "s", "hi"), settings)
    assert ours == {**recorded, "StatusCallback": "https://x/cb?message_key=k"}
