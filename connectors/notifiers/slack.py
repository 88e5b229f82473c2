"""Slack: cards by a bot's token, or by the one channel of an incoming webhook."""

import asyncio
import logging
import re
import socket
import ssl
from collections.abc import Callable
from http.client import HTTPException
from typing import Any, NoReturn, Self
from urllib.error import URLError

from pydantic import Field, SecretStr, model_validator
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from connectors.errors import ConnectorError, NotConfigured, OutcomeUnknown, Refused, TryAgain
from connectors.protocols import Message, Notifier
from connectors.settings import ConnectorSettings
from connectors.transport.http import CALL_TIMEOUT_SECONDS, tls_context

# Words of Slack's that say nothing about whether the message was posted.
_UNSURE = frozenset(["fatal_error", "internal_error", "request_timeout", "service_unavailable"])
_LATER = frozenset(["ratelimited", "rate_limited"])
_CREDENTIALS = frozenset(["invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"])
_CHANNEL = frozenset(["channel_not_found", "not_in_channel", "is_archived", "channel_is_archived"])

# What a webhook that is alive answers to a message without words: https://docs.slack.dev/messaging (error codes).
_WITHOUT_WORDS = frozenset(["no_text", "invalid_payload"])

# The SDK's own log lines hold whole messages and the webhook's secret address.
_MUTED = logging.getLogger("connectors.notifiers.slack.sdk")
_MUTED.setLevel(logging.CRITICAL + 1)


class SlackSettings(ConnectorSettings):
    """Either the bot's token, which can reach every channel it is in, or the webhook of one channel."""

    service = "slack"
    bot_token: SecretStr = Field(SecretStr(""), validation_alias="SLACK_BOT_TOKEN")
    webhook_url: SecretStr = Field(SecretStr(""), validation_alias="SLACK_WEBHOOK_URL")
    base_url: str = Field("https://slack.com/api/", validation_alias="SLACK_BASE_URL")

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if not (self.webhook_url.get_secret_value() or self.bot_token.get_secret_value()):
            raise NotConfigured("SLACK_WEBHOOK_URL", needed_by=self.service)
        return self


class Slack(Notifier):
    """Posts cards. A message's `data["blocks"]` are its blocks.

    With a bot's token a message may replace an earlier one or answer under it. An incoming webhook can neither, and
    ignores the recipient.
    """

    code = "slack"
    Settings = SlackSettings

    def __init__(self, settings: SlackSettings) -> None:
        self._settings = settings

    async def send(self, message: Message) -> str:
        """Posts once, in a thread as the SDK is synchronous; returns "channel:ts", "" where Slack names neither."""
        post = self._post_message if self._has_bot else self._post_to_webhook
        return await asyncio.to_thread(_spoken, post, message)

    async def check(self) -> str:
        """Asks who the bot is; a webhook is posted a message without words, which Slack refuses to show."""
        return await asyncio.to_thread(_spoken, self._ask_the_bot if self._has_bot else self._knock)

    @property
    def _has_bot(self) -> bool:
        return bool(self._settings.bot_token.get_secret_value())

    def _post_message(self, message: Message) -> str:
        method, body = _request(message)
        answer = self._web().api_call(method, json=body)
        return f"{answer['channel']}:{answer['ts']}"

    def _ask_the_bot(self) -> str:
        answer = self._web().api_call("auth.test")
        return f"{answer['user']} in {answer['team']}"

    def _post_to_webhook(self, message: Message) -> str:
        answer = self._webhook().send_dict(_body(message))
        if answer.status_code != 200 or answer.body != "ok":
            _explain(answer.status_code, answer.body, answer.headers)
        return ""

    def _knock(self) -> str:
        answer = self._webhook().send_dict({"text": ""})
        if answer.body not in _WITHOUT_WORDS:
            _explain(answer.status_code, answer.body, answer.headers)
        return "the webhook is alive"

    def _web(self) -> WebClient:
        return WebClient(
            token=self._settings.bot_token.get_secret_value(),
            base_url=self._settings.base_url,
            timeout=int(CALL_TIMEOUT_SECONDS),
            ssl=tls_context(),
            logger=_MUTED,
            retry_handlers=[],
        )

    def _webhook(self) -> WebhookClient:
        return WebhookClient(
            self._settings.webhook_url.get_secret_value(),
            timeout=int(CALL_TIMEOUT_SECONDS),
            ssl=tls_context(),
            logger=_MUTED,
            retry_handlers=[],
        )


def _spoken(speak: Callable[..., str], *words: Message) -> str:
    """What Slack answers, its failures as ours."""
    try:
        return speak(*words)
    except SlackApiError as error:
        _explain(error.response.status_code, str(error.response.get("error")), error.response.headers)
    except (OSError, HTTPException) as error:
        raise _transport_failure(error) from error


def _request(message: Message) -> tuple[str, dict[str, Any]]:
    """The method and its body: a new message, one in a thread, or an earlier one's new content."""
    body = _body(message)
    channel, _, ts = message.replaces.partition(":")
    if ts:
        return "chat.update", {"channel": channel, "ts": ts, **body}
    thread = message.in_reply_to.partition(":")[2]
    if thread:
        body |= {"thread_ts": thread, "reply_broadcast": message.for_everyone}
    return "chat.postMessage", {"channel": message.recipient, **body}


def _body(message: Message) -> dict[str, Any]:
    """The request, with our key in the metadata that Slack keeps beside the message."""
    return {
        "text": message.text,
        "blocks": list(message.data.get("blocks", [])),
        "metadata": {"event_type": "orderflow_message", "event_payload": {"key": message.key}},
    }


def _explain(status: int, error: str, headers: Any) -> NoReturn:
    """Raises what Slack's answer means; a 200 with an error in it is a refusal too."""
    if status == 429 or error in _LATER:
        raise TryAgain("slack asks us to slow down", wait_seconds=_wait_seconds(headers))
    readable = re.fullmatch(r"[a-z_]+", error) is not None
    if status >= 500 or error in _UNSURE or (status < 400 and not readable):
        raise OutcomeUnknown(f"slack answered {status} and nothing that says what became of the message")
    error = error if readable else f"http_{status}"
    field = "channel" if error in _CHANNEL else "blocks" if "block" in error else ""
    raise Refused(f"slack says {error}", field=field, code="credentials" if error in _CREDENTIALS else error)


def _wait_seconds(headers: Any) -> float:
    found = {str(name).lower(): value for name, value in headers.items()}.get("retry-after", "5")
    return float(found) if str(found).isdigit() else 5.0


def _transport_failure(error: OSError | HTTPException) -> ConnectorError:
    """Only a connection that never came about is certainly not a posted message."""
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)):
        return TryAgain("slack cannot be reached")
    return OutcomeUnknown(f"slack gave no answer: {type(reason).__name__}")
