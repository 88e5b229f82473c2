"""SendGrid: mail, with templates of its own where they are named, and the events it reports of each mail.

Events are signed with ECDSA over P-256 and SHA-256: the timestamp's header followed by the raw body. (SendGrid's
documentation, "Getting Started with the Event Webhook Security Features".)
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pydantic import Field, SecretStr, field_validator

from connectors.documents import check_document
from connectors.errors import Refused, SignatureRefused, Unreadable
from connectors.protocols import DeliveryReport, DeliveryReporter, Message, Notifier, ReportDelivery
from connectors.protocols.delivery_reports import DeliveryStatus
from connectors.settings import ConnectorSettings
from connectors.transport.http import HttpClient, json_of

# An event is posted again for a day while we do not answer; later than that nobody repeats an old one.
WINDOW = timedelta(hours=25)
FUTURE = timedelta(minutes=5)

# What each event says of the mail; all others say nothing of its delivery.
_STATUSES: Mapping[str, DeliveryStatus] = {
    "processed": "accepted",
    "delivered": "delivered",
    "deferred": "delayed",
    "bounce": "refused",
    "dropped": "refused",
    "blocked": "refused",
    "open": "read",
    "click": "read",
}


class SendGridSettings(ConnectorSettings):
    """The key, and the sender that SendGrid has verified. European accounts set the base URL.

    `templates` name dynamic templates of SendGrid's by the notice they lay out, comma-separated:
    "order_shipped=d-1a2b,order_delivered=d-3c4d". `webhook_public_key` verifies its events.
    """

    service = "sendgrid"
    api_key: SecretStr = Field(validation_alias="SENDGRID_API_KEY")
    from_email: str = Field(validation_alias="SENDGRID_FROM_EMAIL")
    from_name: str = Field("", validation_alias="SENDGRID_FROM_NAME")
    templates: str = Field("", validation_alias="SENDGRID_TEMPLATES")
    webhook_public_key: str = Field("", validation_alias="SENDGRID_WEBHOOK_PUBLIC_KEY")
    base_url: str = Field("https://api.sendgrid.com", validation_alias="SENDGRID_BASE_URL")

    @field_validator("templates")
    @classmethod
    def _named(cls, templates: str) -> str:
        if templates and not re.fullmatch(r"\s*\w+\s*=\s*d-\w+\s*(,\s*\w+\s*=\s*d-\w+\s*)*", templates):
            raise ValueError("not a list like order_shipped=d-1a2b")
        return templates

    @cached_property
    def template_ids(self) -> Mapping[str, str]:
        """SendGrid's template of each kind of notice that has one."""
        pairs = (pair.split("=") for pair in self.templates.split(",") if pair)
        return {name.strip(): template.strip() for name, template in pairs}


class SendGrid(Notifier, DeliveryReporter):
    """Sends a message as one mail to one address."""

    code = "sendgrid"
    Settings = SendGridSettings

    def __init__(self, settings: SendGridSettings, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._settings = settings
        self._sender = {"email": settings.from_email, **({"name": settings.from_name} if settings.from_name else {})}
        self._http = HttpClient(
            "sendgrid",
            settings.base_url,
            headers={"Authorization": f"Bearer {settings.api_key.get_secret_value()}"},
            explain=explain,
            transport=transport,
        )

    async def send(self, message: Message) -> str:
        """Hands the mail over once; returns SendGrid's id of it. Accepted is not delivered: its events tell that."""
        response = await self._http.write("POST", "v3/mail/send", json=self._body(message))
        return response.headers.get("x-message-id", "")

    async def check(self) -> str:
        """Asks what the key may do; it must be allowed to send."""
        answer = json_of(await self._http.read("GET", "v3/scopes"))
        if "mail.send" not in (answer.get("scopes", ()) if isinstance(answer, dict) else ()):
            raise Refused("sendgrid does not let this key send mail", code="credentials")
        return "the key may send mail"

    def verify(self, delivery: ReportDelivery, now: datetime) -> None:
        """Returns if SendGrid signed timestamp and body, not more than a day ago; raises SignatureRefused."""
        timestamp = delivery.headers.get("x-twilio-email-event-webhook-timestamp", "")
        if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
            raise SignatureRefused("there is no timestamp")
        signature = delivery.headers.get("x-twilio-email-event-webhook-signature", "")
        _check_signature(self._settings.webhook_public_key, signature, timestamp.encode() + delivery.body)
        signed_at = datetime.fromtimestamp(int(timestamp), UTC)
        if not now - WINDOW <= signed_at <= now + FUTURE:
            raise SignatureRefused("the events were signed too long ago, or in the future")

    def reports(self, delivery: ReportDelivery, now: datetime) -> Sequence[DeliveryReport]:
        """What the events say of mails of ours; those of other mails and of other things are left out."""
        check_document(delivery.body)
        try:
            events = json.loads(delivery.body)
            return [_report(event) for event in events if _is_ours(event)]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unreadable(f"these are no events: {type(error).__name__}") from None

    def _body(self, message: Message) -> dict[str, Any]:
        return mail_body(message, self._sender, self._settings.template_ids.get(message.template, ""))

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()


def mail_body(message: Message, sender: dict[str, str], template_id: str = "") -> dict[str, Any]:
    """The request; our key goes along as a custom argument and comes back in every delivery event.

    With a template SendGrid lays the mail out itself, from the notice's words.
    """
    person: dict[str, Any] = {"to": [{"email": message.recipient}], "custom_args": {"message_key": message.key}}
    body: dict[str, Any] = {"personalizations": [person], "from": sender, "subject": message.subject}
    if template_id:
        person["dynamic_template_data"] = dict(message.words)
        body["template_id"] = template_id
    else:
        body["content"] = _content(message)
    if message.attachments:
        body["attachments"] = [_attachment(*attachment) for attachment in message.attachments]
    return body


def _content(message: Message) -> list[dict[str, str]]:
    html = [{"type": "text/html", "value": message.html}] if message.html else []
    return [{"type": "text/plain", "value": message.text}, *html]


def explain(response: httpx.Response) -> Refused:
    """What SendGrid refuses and in which field, without the addresses its texts may quote."""
    try:
        error = response.json()["errors"][0]
    except (ValueError, LookupError, TypeError):
        error = {}
    said = re.sub(r"\S+@\S+", "an address", str(error.get("message", "no reason given")))
    code = "credentials" if response.status_code in {401, 403} else f"http_{response.status_code}"
    return Refused(f"sendgrid says {said}", field=str(error.get("field") or ""), code=code)


def _attachment(name: str, media_type: str, content: bytes) -> dict[str, str]:
    encoded = base64.b64encode(content).decode()
    return {"content": encoded, "type": media_type, "filename": name, "disposition": "attachment"}


def _check_signature(public_key: str, signature: str, signed: bytes) -> None:
    if not public_key:
        raise SignatureRefused("no event can be verified while SENDGRID_WEBHOOK_PUBLIC_KEY is not set")
    try:
        key = load_der_public_key(base64.b64decode(public_key, validate=True))
        if not isinstance(key, EllipticCurvePublicKey):
            raise SignatureRefused("SENDGRID_WEBHOOK_PUBLIC_KEY is no key of SendGrid's")
        key.verify(base64.b64decode(signature, validate=True), signed, ECDSA(SHA256()))
    except (InvalidSignature, binascii.Error, ValueError):
        raise SignatureRefused("the signature does not fit the events") from None


def _is_ours(event: dict[str, Any]) -> bool:
    return event.get("event") in _STATUSES and bool(event.get("message_key"))


def _report(event: dict[str, Any]) -> DeliveryReport:
    # SendGrid's own words may quote the address; its codes do not.
    detail = " ".join(str(event[name]) for name in ("type", "status") if event.get(name))
    return DeliveryReport(
        event_id=str(event["sg_event_id"]),
        message_key=str(event["message_key"]),
        status=_STATUSES[event["event"]],
        at=datetime.fromtimestamp(int(event["timestamp"]), UTC),
        receipt=str(event.get("sg_message_id", "")).partition(".")[0],
        detail=detail[:100],
    )
