"""SendGrid: mail."""

import base64
import re
from typing import Any

import httpx
from pydantic import Field, SecretStr

from connectors.errors import Refused
from connectors.protocols import Message, Notifier
from connectors.settings import ConnectorSettings
from connectors.transport.http import HttpClient, json_of


class SendGridSettings(ConnectorSettings):
    """The key, and the sender that SendGrid has verified. European accounts set the base URL."""

    service = "sendgrid"
    api_key: SecretStr = Field(validation_alias="SENDGRID_API_KEY")
    from_email: str = Field(validation_alias="SENDGRID_FROM_EMAIL")
    from_name: str = Field("", validation_alias="SENDGRID_FROM_NAME")
    base_url: str = Field("https://api.sendgrid.com", validation_alias="SENDGRID_BASE_URL")


class SendGrid(Notifier):
    """Sends a message as one mail to one address."""

    code = "sendgrid"
    Settings = SendGridSettings

    def __init__(self, settings: SendGridSettings, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
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
        response = await self._http.write("POST", "v3/mail/send", json=mail_body(message, self._sender))
        return response.headers.get("x-message-id", "")

    async def check(self) -> str:
        """Asks what the key may do; it must be allowed to send."""
        answer = json_of(await self._http.read("GET", "v3/scopes"))
        if "mail.send" not in (answer.get("scopes", ()) if isinstance(answer, dict) else ()):
            raise Refused("sendgrid does not let this key send mail", code="credentials")
        return "the key may send mail"

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()


def mail_body(message: Message, sender: dict[str, str]) -> dict[str, Any]:
    """The request; our key goes along as a custom argument and comes back in every delivery event."""
    content = [{"type": "text/plain", "value": message.text}]
    if message.html:
        content.append({"type": "text/html", "value": message.html})
    body: dict[str, Any] = {
        "personalizations": [{"to": [{"email": message.recipient}], "custom_args": {"message_key": message.key}}],
        "from": sender,
        "subject": message.subject,
        "content": content,
    }
    if message.attachments:
        body["attachments"] = [_attachment(*attachment) for attachment in message.attachments]
    return body


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
