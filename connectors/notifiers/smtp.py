"""SMTP: mail by any mail server, one connection for each mail, encrypted."""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formataddr, make_msgid
from typing import Literal

from pydantic import Field, SecretStr

from connectors.errors import ConnectorError, OutcomeUnknown, Refused, TryAgain
from connectors.protocols import Message, Notifier
from connectors.settings import ConnectorSettings
from connectors.transport.http import CALL_TIMEOUT_SECONDS, tls_context

# Replies that say who is wrong (RFC 5321, 4.2.3): 550, 551 and 553 are about the mailbox.
_MAILBOX = frozenset([550, 551, 553])


class SmtpSettings(ConnectorSettings):
    """The server and the sender. `security` is "starttls" (port 587), "tls" (port 465) or "none", for a server here."""

    service = "smtp"
    host: str = Field(validation_alias="SMTP_HOST")
    from_email: str = Field(validation_alias="SMTP_FROM_EMAIL")
    from_name: str = Field("", validation_alias="SMTP_FROM_NAME")
    port: int = Field(587, ge=1, le=65535, validation_alias="SMTP_PORT")
    user: str = Field("", validation_alias="SMTP_USER")
    password: SecretStr = Field(SecretStr(""), validation_alias="SMTP_PASSWORD")
    security: Literal["starttls", "tls", "none"] = Field("starttls", validation_alias="SMTP_SECURITY")


class Smtp(Notifier):
    """Sends a message as one mail to one address."""

    code = "smtp"
    Settings = SmtpSettings

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings

    async def send(self, message: Message) -> str:
        """Hands the mail over once, in a thread; returns its Message-ID. Accepted is not delivered."""
        return await asyncio.to_thread(self._send, message)

    async def check(self) -> str:
        """Whether the server takes the credentials."""
        await asyncio.to_thread(self._greet)
        return "the server takes the credentials"

    def _send(self, message: Message) -> str:
        mail = mail_of(message, self._settings)
        server = self._connected()
        try:
            server.send_message(mail)
        except (smtplib.SMTPException, OSError) as error:
            raise failure(error) from None
        finally:
            _leave(server)
        return str(mail["Message-ID"])

    def _greet(self) -> None:
        _leave(self._connected())

    def _connected(self) -> smtplib.SMTP:
        """A server that knows us. Whatever fails up to here, no mail was handed over."""
        kept = self._settings
        try:
            if kept.security == "tls":
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    kept.host, kept.port, timeout=CALL_TIMEOUT_SECONDS, context=tls_context()
                )
            else:
                server = smtplib.SMTP(kept.host, kept.port, timeout=CALL_TIMEOUT_SECONDS)
        except (smtplib.SMTPException, OSError) as error:
            raise _no_connection(error) from None
        try:
            if kept.security == "starttls":
                server.starttls(context=tls_context())
            if kept.user:
                server.login(kept.user, kept.password.get_secret_value())
        except (smtplib.SMTPException, OSError) as error:
            server.close()
            raise _no_connection(error) from None
        return server


def mail_of(message: Message, settings: SmtpSettings) -> EmailMessage:
    """The mail, with our key as a header of its own."""
    mail = EmailMessage()
    try:
        mail["From"] = formataddr((settings.from_name, settings.from_email))
        mail["To"] = message.recipient
        mail["Subject"] = message.subject
    except ValueError:
        raise Refused("a header of the mail holds a line break", field="To", code="invalid_header") from None
    mail["Message-ID"] = make_msgid(domain=settings.from_email.rpartition("@")[2])
    mail["X-OrderFlow-Key"] = message.key
    mail.set_content(message.text)
    if message.html:
        mail.add_alternative(message.html, subtype="html")
    for name, media_type, content in message.attachments:
        kind, _, subtype = media_type.partition("/")
        mail.add_attachment(content, maintype=kind, subtype=subtype or "octet-stream", filename=name)
    return mail


def failure(error: smtplib.SMTPException | OSError) -> ConnectorError:
    """What a failure means after the connection stood: a reply of the server is a clear no, silence is not."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
        return _replied(code, "To")
    if isinstance(error, smtplib.SMTPResponseException) and not isinstance(error, smtplib.SMTPServerDisconnected):
        return _replied(error.smtp_code, "From" if isinstance(error, smtplib.SMTPSenderRefused) else "")
    return OutcomeUnknown(f"the mail server gave no answer: {type(error).__name__}")


def _replied(code: int, field: str) -> ConnectorError:
    """A reply by its code; its text is left out, as it may quote the address."""
    if 400 <= code < 500:
        return TryAgain(f"the mail server says later ({code})", wait_seconds=60.0)
    named = "To" if code in _MAILBOX and not field else field
    return Refused(f"the mail server refuses with {code}", field=named, code=f"smtp_{code}")


def _no_connection(error: smtplib.SMTPException | OSError) -> ConnectorError:
    if isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code >= 500:
        return Refused("the mail server does not accept the credentials", code="credentials")
    if isinstance(error, smtplib.SMTPNotSupportedError | ssl.SSLCertVerificationError):
        return Refused("the mail server does not speak as SMTP_SECURITY says", field="SMTP_SECURITY", code="security")
    return TryAgain(f"the mail server cannot be reached: {type(error).__name__}", wait_seconds=60.0)


def _leave(server: smtplib.SMTP) -> None:
    """Says goodbye; a server that does not answer to that has taken or refused the mail all the same."""
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()
