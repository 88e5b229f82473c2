"""Outgoing webhooks: signed, repeatable, and never aimed at our own network."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from notice_values import CUSTOMER, NOW, sample_order, sample_parcel, usd
from standardwebhooks.webhooks import Webhook

from connectors import registry
from connectors.errors import NotConfigured, OutcomeUnknown, Refused, TryAgain
from connectors.notifiers.webhook import OutgoingWebhook, WebhookSettings, explain, signed_headers
from connectors.templates import event
from deployments.sandbox.webhook import SECRET
from orderflow.notices.order_event import EventType, order_event

KEYS = {"WEBHOOK_SIGNING_SECRET": SECRET, "ORDERFLOW_ALLOW_PRIVATE_WEBHOOKS": "1"}
SHIPPED = order_event(EventType.SHIPPED, sample_order(), NOW, parcels=[sample_parcel()])


def _send(sandbox, times: int = 1, path: str = "dashboard", happened=SHIPPED, **changes: str) -> list[str]:
    message = event(happened, f"{sandbox.url}/webhook/{path}", "event-1")

    async def all_of_them() -> list[str]:
        notifier = registry.build("notifiers", "webhook", {**KEYS, **changes})
        sent = [await notifier.send(message) for _ in range(times)]
        await notifier.aclose()
        return sent

    return asyncio.run(all_of_them())


def _deliveries(sandbox):
    return sandbox.books("webhook").entries("deliveries")


@pytest.mark.requirement("OF-84", "OF-162")
def test_a_receiver_with_the_secret_accepts_the_event(sandbox):
    assert _send(sandbox) == ["event-1"]
    (arrived,) = _deliveries(sandbox)
    assert (arrived["path"], arrived["id"], arrived["duplicate"]) == ("dashboard", "event-1", False)
    assert (arrived["body"]["type"], arrived["body"]["id"]) == ("order.shipped", "event-1")
    assert arrived["body"]["data"]["parcels"][0]["tracking_number"] == "774899132751"


@pytest.mark.requirement("OF-162")
def test_a_receiver_with_another_secret_refuses_and_we_hear_of_it(sandbox):
    with pytest.raises(TryAgain, match="401"):
        _send(sandbox, WEBHOOK_SIGNING_SECRET="whsec_b3RoZXI=")
    assert _deliveries(sandbox) == []
    assert sandbox.books("webhook").entries("refused")[0]["problem"] == "the signature is wrong"


@pytest.mark.requirement("OF-162")
@pytest.mark.parametrize("part", ["body", "id", "timestamp"])
def test_a_changed_or_old_delivery_is_refused(sandbox, part):
    body, now = '{"a":1}', datetime.now(UTC)
    moment = now - timedelta(minutes=6) if part == "timestamp" else now
    headers = signed_headers(Webhook(SECRET), "event-1", moment, body)
    if part == "id":
        headers["webhook-id"] = "event-2"
    answer = httpx.post(
        f"{sandbox.url}/webhook/x", headers=headers, content=body.replace("1", "2") if part == "body" else body
    )
    assert answer.status_code == 401
    assert httpx.post(f"{sandbox.url}/webhook/x", content=body).status_code == 401


@pytest.mark.requirement("OF-84")
def test_an_event_of_unknown_fate_is_repeated_under_the_same_id(sandbox):
    sandbox.fail("webhook", "receive", "error_500_done")
    with pytest.raises(OutcomeUnknown):
        _send(sandbox)
    assert OutgoingWebhook.repeat_is_harmless
    _send(sandbox)
    assert [(d["id"], d["duplicate"]) for d in _deliveries(sandbox)] == [("event-1", False), ("event-1", True)]


def test_only_a_receiver_that_says_gone_is_refused_for_good():
    answers = {status: explain(httpx.Response(status)) for status in (400, 401, 404, 410)}
    assert [status for status, error in answers.items() if isinstance(error, Refused)] == [410]
    assert all(isinstance(error, TryAgain) for status, error in answers.items() if status != 410)


def test_the_body_holds_nothing_about_the_person(sandbox):
    _send(sandbox, happened=order_event(EventType.REFUND_REQUESTED, sample_order(), NOW, refund=usd("187.50")))
    (arrived,) = _deliveries(sandbox)
    told = json.dumps(arrived["body"])
    for secret in (CUSTOMER.name, CUSTOMER.email, CUSTOMER.phone, "Elm", "Austin", "warehouse"):
        assert secret not in told
    assert arrived["body"]["data"]["refund"] == {"amount": "187.50", "currency": "USD"}


@pytest.mark.requirement("OF-19")
def test_a_catch_hook_gets_a_flat_object_with_one_object_inside(sandbox):
    _send(sandbox, path="hooks/catch/123/abc")
    (arrived,) = _deliveries(sandbox)
    assert arrived["path"] == "hooks/catch/123/abc"
    assert set(arrived["body"]) == {"id", "type", "timestamp", "data"}
    assert all(isinstance(arrived["body"][name], str) for name in ("id", "type", "timestamp"))


def test_a_busy_receiver_means_later_and_a_broken_answer_unknown(sandbox):
    sandbox.fail("webhook", "receive", "rate_limited", seconds=9)
    with pytest.raises(TryAgain) as later:
        _send(sandbox)
    assert later.value.wait_seconds == 9
    sandbox.fail("webhook", "receive", "cut_off")
    with pytest.raises(OutcomeUnknown):
        _send(sandbox)


@pytest.mark.parametrize("secret", ["", "whsec_", "not base64 at all!"])
def test_a_secret_nobody_can_sign_with_is_named_when_settings_are_read(sandbox, secret):
    with pytest.raises(NotConfigured, match="WEBHOOK_SIGNING_SECRET"):
        WebhookSettings.load({"WEBHOOK_SIGNING_SECRET": secret} if secret else {})


def test_a_notifier_without_the_sandboxes_permission_reaches_no_private_address(sandbox):
    with pytest.raises(Refused):
        _send(sandbox, ORDERFLOW_ALLOW_PRIVATE_WEBHOOKS="0")
    assert _deliveries(sandbox) == []
