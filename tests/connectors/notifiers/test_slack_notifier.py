"""Slack's notifier against the stand-in, by token and by webhook."""

import asyncio
import logging
import socketserver
import threading
from dataclasses import replace

import pytest
from notice_values import sample_card, sample_exception

from connectors import registry
from connectors.errors import NotConfigured, OutcomeUnknown, Refused, TryAgain
from connectors.protocols import Message
from connectors.templates import card

TOKEN = "xoxb-secret-token"
CARD = card(sample_card(), "#orders-team", "msg-1")


def _by_token(sandbox, token: str = TOKEN):
    return registry.build(
        "notifiers", "slack", {"SLACK_BOT_TOKEN": token, "SLACK_BASE_URL": f"{sandbox.url}/slack/api/"}
    )


def _by_webhook(sandbox, secret: str = "hook"):
    return registry.build("notifiers", "slack", {"SLACK_WEBHOOK_URL": f"{sandbox.url}/slack/services/T1/B1/{secret}"})


def _send(notifier, message: Message = CARD) -> str:
    return asyncio.run(notifier.send(message))


def _messages(sandbox):
    return sandbox.books("slack").entries("messages")


@pytest.mark.requirement("OF-80", "OF-116")
def test_a_card_reaches_the_channel_the_message_names(sandbox):
    assert _send(_by_token(sandbox)).startswith("C024BE91L:")
    (arrived,) = _messages(sandbox)
    assert (arrived["channel"], arrived["key"]) == ("#orders-team", "msg-1")
    assert arrived["blocks"] == CARD.data["blocks"]


@pytest.mark.requirement("OF-95")
def test_with_a_webhook_alone_the_card_reaches_its_channel(sandbox):
    assert _send(_by_webhook(sandbox)) == ""
    (arrived,) = _messages(sandbox)
    assert (arrived["channel"], arrived["key"]) == ("webhook:T1/B1", "msg-1")


@pytest.mark.requirement("OF-95")
def test_without_webhook_and_token_the_variable_is_named(sandbox):
    with pytest.raises(NotConfigured, match="SLACK_WEBHOOK_URL"):
        registry.build("notifiers", "slack", {})


def test_the_environment_gives_the_webhook(sandbox, monkeypatch):
    monkeypatch.setenv("SLACK_WEBHOOK_URL", f"{sandbox.url}/slack/services/T1/B1/hook")
    _send(registry.build("notifiers", "slack"))
    assert len(_messages(sandbox)) == 1


def test_a_200_with_an_error_inside_is_a_refusal_that_names_the_channel(sandbox):
    sandbox.fail("slack", "send", "error_inside")
    with pytest.raises(Refused) as refused:
        _send(_by_token(sandbox))
    assert (refused.value.code, refused.value.field) == ("channel_not_found", "channel")
    assert _messages(sandbox) == []


@pytest.mark.parametrize("connect", [_by_token, _by_webhook])
def test_too_many_messages_mean_later_and_as_late_as_slack_says(sandbox, connect):
    sandbox.fail("slack", "send", "rate_limited", seconds=7)
    with pytest.raises(TryAgain) as later:
        _send(connect(sandbox))
    assert later.value.wait_seconds == 7
    assert _messages(sandbox) == []


@pytest.mark.parametrize("connect", [_by_token, _by_webhook])
@pytest.mark.parametrize("mode", ["cut_off", "error_500_done", "nonsense"])
def test_a_message_whose_fate_is_unclear_is_sent_once_and_called_unknown(sandbox, connect, mode):
    sandbox.fail("slack", "send", mode, count=None)
    with pytest.raises(OutcomeUnknown):
        _send(connect(sandbox))
    assert len(_messages(sandbox)) == 1


class _HangsUp(socketserver.BaseRequestHandler):
    """Takes a request and closes the connection without a word."""

    def handle(self) -> None:
        self.request.recv(100_000)
        self.server.calls += 1


@pytest.mark.parametrize("variable", ["SLACK_WEBHOOK_URL", "SLACK_BASE_URL"])
def test_a_call_that_is_hung_up_on_is_not_tried_again(sandbox, variable):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _HangsUp) as server:
        server.calls = 0
        threading.Thread(target=server.serve_forever, daemon=True).start()
        token = {"SLACK_BOT_TOKEN": TOKEN} if variable == "SLACK_BASE_URL" else {}
        stored = {variable: f"http://127.0.0.1:{server.server_address[1]}/", **token}
        with pytest.raises(OutcomeUnknown):
            _send(registry.build("notifiers", "slack", stored))
        server.shutdown()
    assert server.calls == 1


def test_nobody_listening_means_certainly_not_sent(sandbox):
    away = registry.build("notifiers", "slack", {"SLACK_WEBHOOK_URL": "http://127.0.0.1:9/services/T1/B1/hook"})
    with pytest.raises(TryAgain):
        _send(away)


def test_wrong_credentials_are_refused_as_such(sandbox):
    with pytest.raises(Refused) as refused:
        _send(_by_token(sandbox, "wrong"))
    assert refused.value.code == "credentials"
    with pytest.raises(Refused) as refused:
        _send(_by_webhook(sandbox, "revoked"))
    assert refused.value.code == "no_service"


def test_blocks_that_slack_would_not_take_are_refused(sandbox):
    header = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}
    for connect in (_by_token, _by_webhook):
        with pytest.raises(Refused) as refused:
            _send(connect(sandbox), Message("k", "#ops", "s", "t", data={"blocks": [header]}))
        assert refused.value.field == "blocks"


def test_a_name_cannot_alert_a_channel(sandbox):
    shout = "<!channel> <@U024BE7LH> @here"
    for notice in (sample_card(number=shout), sample_exception(number=shout)):
        _send(_by_token(sandbox), card(notice, "#ops", "k"))
    assert [message["broadcasts"] for message in _messages(sandbox)] == [[], []]
    _send(_by_token(sandbox), Message("k", "#ops", "s", "<!channel>"))
    assert _messages(sandbox)[-1]["broadcasts"] == ["<!channel>"]


def test_neither_secrets_nor_messages_are_logged(sandbox, caplog):
    caplog.set_level(logging.DEBUG)
    sandbox.fail("slack", "send", "cut_off")
    for connect in (_by_webhook, _by_token):
        try:
            _send(connect(sandbox))
        except OutcomeUnknown as error:
            assert "hook" not in str(error)
    assert TOKEN not in caplog.text
    assert "services/T1" not in caplog.text
    assert "Whitfield" not in caplog.text
    assert TOKEN not in repr(registry.connectors_of("notifiers")["slack"].Settings.load({"SLACK_BOT_TOKEN": TOKEN}))


def test_a_card_is_edited_in_place_however_often_the_edit_is_repeated(sandbox):
    notifier = _by_token(sandbox)
    place = _send(notifier)
    later = replace(card(sample_card(number="ORD-2"), "#orders-team", "msg-2"), replaces=place)
    assert _send(notifier, later) == _send(notifier, later) == place
    (shown,) = _messages(sandbox)
    assert (shown["edits"], shown["blocks"]) == (2, later.data["blocks"])


def test_an_answer_stands_in_the_thread_and_one_for_everyone_in_the_channel_too(sandbox):
    notifier = _by_token(sandbox)
    place = _send(notifier)
    for notice in (sample_card(), sample_exception()):
        _send(notifier, replace(card(notice, "#orders-team", "msg-3"), in_reply_to=place))
    first, quiet, loud = _messages(sandbox)
    assert quiet["thread"] == loud["thread"] == first["ts"]
    assert (quiet["shown_in_channel"], loud["shown_in_channel"]) == (False, True)


def test_an_edit_slack_does_not_take_is_refused_with_its_word(sandbox):
    notifier = _by_token(sandbox)
    with pytest.raises(Refused) as refused:
        _send(notifier, replace(CARD, replaces="C024BE91L:1.2"))
    assert refused.value.code == "message_not_found"
    place = _send(notifier)
    sandbox.fail("slack", "update", "rate_limited", seconds=9)
    with pytest.raises(TryAgain) as later:
        _send(notifier, replace(CARD, replaces=place))
    assert later.value.wait_seconds == 9
    assert _messages(sandbox)[0]["edits"] == 0
