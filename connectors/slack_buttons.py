"""Buttons under Slack's cards: is a press from Slack, and who pressed what.

Slack signs `v0:timestamp:body` with the app's signing secret (HMAC-SHA256, hexadecimal, after "v0=") and sends the
press as the form field `payload`; a request older than five minutes is to be refused. (Slack's documentation,
"Verifying requests from Slack" and "Interactivity".) Slack waits three seconds for the answer.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from pydantic import Field, SecretStr

from connectors.documents import check_document
from connectors.errors import SignatureRefused, Unreadable
from connectors.settings import ConnectorSettings
from connectors.transport.signatures import split_secrets

WINDOW_SECONDS = 5 * 60
# What our buttons are called, and the answer each of them gives; other buttons only open a page.
ANSWERS: Mapping[str, str] = {"approve_order": "approve", "reject_order": "reject"}


class SlackButtonSettings(ConnectorSettings):
    """The app's signing secret; several, comma-separated, while one takes over from another."""

    service = "slack"
    signing_secret: SecretStr = Field(validation_alias="SLACK_SIGNING_SECRET", min_length=1)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets a request may be signed with."""
        return split_secrets(self.signing_secret.get_secret_value())


@dataclass(frozen=True)
class Press:
    """One press: who, by Slack's id of the person, which answer, about which case."""

    key: str
    user: str
    answer: str
    hold_id: str


def verify(settings: SlackButtonSettings, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Returns if Slack sent these very bytes within the last five minutes; raises SignatureRefused otherwise."""
    sent_at = headers.get("x-slack-request-timestamp", "")
    if not sent_at.isascii() or not sent_at.isdecimal() or len(sent_at) > 12:
        raise SignatureRefused("there is no timestamp")
    given = headers.get("x-slack-signature", "").encode("utf-8", "surrogateescape")
    signed = b"v0:" + sent_at.encode() + b":" + body
    matches = [hmac.compare_digest(_signature(secret, signed), given) for secret in settings.secrets]
    if not any(matches):
        raise SignatureRefused("the signature does not fit the body")
    if abs(now.timestamp() - int(sent_at)) > WINDOW_SECONDS:
        raise SignatureRefused("the request is older than five minutes")


def press_of(body: bytes) -> Press | None:
    """The press a verified body tells of; None for one that asks for nothing. Raises Unreadable."""
    try:
        payload = parse_qs(body.decode(), max_num_fields=20)["payload"][0]
        check_document(payload.encode())
        return _press(json.loads(payload))
    except (KeyError, IndexError, TypeError, ValueError, RecursionError) as error:
        raise Unreadable(f"this is no press of a button: {type(error).__name__}") from None


def _press(told: dict[str, Any]) -> Press | None:
    if told["type"] != "block_actions":
        return None
    action, user = told["actions"][0], str(told["user"]["id"])
    name = str(action["action_id"])
    if name not in ANSWERS:
        return None
    hold_id = str(action["value"])
    return Press(f"{user}/{name}/{hold_id}/{action['action_ts']}", user, ANSWERS[name], hold_id)


def _signature(secret: str, signed: bytes) -> bytes:
    return b"v0=" + hmac.digest(secret.encode(), signed, hashlib.sha256).hex().encode()
