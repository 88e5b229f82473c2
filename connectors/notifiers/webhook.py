"""Outgoing webhooks, signed as Standard Webhooks describes: https://www.standardwebhooks.com"""

import asyncio
import json
import re
import socket
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

import httpx
from pydantic import Field, SecretStr, field_validator
from standardwebhooks.webhooks import Webhook

from connectors.errors import Refused, TryAgain
from connectors.protocols import Message, Notifier
from connectors.settings import ConnectorSettings
from connectors.transport.http import HttpClient

_PORTS = frozenset([None, 443, 8443])

# Addresses that carry an IPv4 address of the network behind them: NAT64 (RFC 6052) and 6to4 (RFC 3056).
_TUNNELS = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"), ip_network("2002::/16"))


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
        self._allow_private = settings.allow_private
        self._http = HttpClient("webhook", "", transport=transport, explain=explain)

    async def send(self, message: Message) -> str:
        """Posts once; returns the webhook-id, which is the message's key. Raises Refused for a private address."""
        if not self._allow_private:
            await refuse_private(message.recipient)
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


def explain(response: httpx.Response) -> Refused:
    """A refusal without the receiver's text, which could hold anything."""
    return Refused(f"the receiver answered {response.status_code}", code=f"http_{response.status_code}")


async def refuse_private(url: str) -> None:
    """Returns for an https address of the public internet; raises Refused for any other, TryAgain if it has none.

    Every address the name resolves to must be public, so that no webhook can be used to reach what only this machine
    can reach. The connection resolves the name again: an answer that changes in between is not caught here.
    """
    host, port = _host_and_port(url)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise TryAgain("the receiver's name cannot be resolved", wait_seconds=60.0) from error
    if not all(is_public(str(entry[4][0])) for entry in found):
        raise _refused("the receiver has an address that is not public")


def is_public(address: str) -> bool:
    """Whether the address belongs to the public internet, looking through IPv6 forms that wrap an IPv4 address."""
    parsed: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address):
        if any(parsed in tunnel for tunnel in _TUNNELS):
            return False
        parsed = parsed.ipv4_mapped or parsed
    return parsed.is_global and not parsed.is_multicast


def _host_and_port(url: str) -> tuple[str, int]:
    try:
        parts: SplitResult = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _refused("the receiver's address cannot be read") from error
    if parts.scheme != "https" or not parts.hostname:
        raise _refused("the receiver's address must begin with https://")
    if parts.username is not None or port not in _PORTS:
        raise _refused("the receiver's address may hold neither a user nor a port other than 443 and 8443")
    return parts.hostname, port or 443


def _refused(message: str) -> Refused:
    return Refused(message, field="url", code="forbidden_address")
