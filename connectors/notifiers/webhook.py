"""Outgoing webhooks, signed as Standard Webhooks describes: https://www.standardwebhooks.com"""

import json
import re
from datetime import UTC, datetime

import httpx
from pydantic import Field, SecretStr, field_validator
from standardwebhooks.webhooks import Webhook

from connectors.errors import ConnectorError, Refused, TryAgain
from connectors.protocols import Message, Notifier
from connectors.settings import ConnectorSettings
from connectors.transport.http import HttpClient, verified_transport
from connectors.transport.public_internet import PublicInternet

GONE = 410


class WebhookSettings(ConnectorSettings):
    """The secret receivers check our signature with. Private addresses are for a sandbox on this machine only."""

    service = "webhook"
    signing_secret: SecretStr = Field(validation_alias="WEBHOOK_SIGNING_SECRET")
    allow_private: bool = Field(False, validation_alias="ORDERFLOW_ALLOW_PRIVATE_WEBHOOKS")

    @field_validator("signing_secret")
    @classmethod
    def _can_sign(cls, secret: SecretStr) -> SecretStr:
        if not re.fullmatch(r"(whsec_)?[A-Za-z0-9+/]{4,}={0,2}", secret.get_secret_value()):
            raise ValueError("not a base64 secret")
        return secret


class OutgoingWebhook(Notifier):
    """Posts a message's `data` as JSON to its recipient, an https address."""

    code = "webhook"
    Settings = WebhookSettings
    # The id stays the same on every attempt, and receivers of Standard Webhooks drop an id they have seen.
    repeat_is_harmless = True

    def __init__(self, settings: WebhookSettings, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._signer = Webhook(settings.signing_secret.get_secret_value())
        carrier = transport or verified_transport()
        guarded = carrier if settings.allow_private else PublicInternet(carrier)
        self._http = HttpClient("webhook", "", transport=guarded, explain=explain)

    async def send(self, message: Message) -> str:
        """Posts once; returns the webhook-id, which is the message's key. Raises Refused for a private address."""
        body = json.dumps(message.data, ensure_ascii=False, separators=(",", ":"))
        headers = signed_headers(self._signer, message.key, datetime.now(UTC), body)
        await self._http.write("POST", message.recipient, content=body.encode(), headers=headers)
        return message.key

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()


def signed_headers(signer: Webhook, key: str, now: datetime, body: str) -> dict[str, str]:
    """The headers a receiver needs to know the body is ours, whole, and from now."""
    return {
        "content-type": "application/json",
        "webhook-id": key,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signer.sign(key, now, body),
    }


def explain(response: httpx.Response) -> ConnectorError:
    """What an answer means, without the receiver's text, which could hold anything.

    Only 410 is for good, as Standard Webhooks has it; any other answer may be a receiver that is being mended.
    """
    status = response.status_code
    if status == GONE:
        return Refused("the receiver wants nothing more", code="gone")
    return TryAgain(f"the receiver answered {status}", wait_seconds=0.0)
