"""Twilio: text messages, what it reports of each, and what its list says of one nobody knows the fate of.

Reports are signed with HMAC-SHA1 under the account's token: the address we gave, then the form's fields sorted by name,
each name followed by its value. (Twilio's documentation, "Webhooks Security".)
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import httpx
import phonenumbers
from pydantic import Field, SecretStr

from connectors.errors import OutcomeUnknown, Refused, SignatureRefused, Unreadable
from connectors.protocols import DeliveryReport, DeliveryReporter, Message, Notifier, ReportDelivery
from connectors.protocols.delivery_reports import DeliveryStatus
from connectors.settings import ConnectorSettings
from connectors.transport.http import HttpClient, json_of

# Twilio's error codes that name a part of the request: https://www.twilio.com/docs/api/errors
_FIELDS = {
    21211: "To",
    21604: "To",
    21614: "To",
    21610: "To",
    21212: "From",
    21603: "From",
    21606: "From",
    21602: "Body",
}

# https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
_STATUSES: Mapping[str, DeliveryStatus] = {
    "accepted": "accepted",
    "queued": "accepted",
    "sending": "accepted",
    "sent": "accepted",
    "delivered": "delivered",
    "read": "read",
    "undelivered": "refused",
    "failed": "refused",
}
_LISTED_AT_ONCE = 200


class TwilioSettings(ConnectorSettings):
    """The account and the number we send from. `region` is the country of numbers written without one.

    `status_callback_url` is where Twilio reports what became of a message; our key is added to it.
    """

    service = "twilio"
    account_sid: str = Field(validation_alias="TWILIO_ACCOUNT_SID")
    auth_token: SecretStr = Field(validation_alias="TWILIO_AUTH_TOKEN")
    from_number: str = Field(validation_alias="TWILIO_FROM_NUMBER")
    region: str = Field("US", validation_alias="TWILIO_DEFAULT_REGION")
    status_callback_url: str = Field("", validation_alias="TWILIO_STATUS_CALLBACK_URL")
    base_url: str = Field("https://api.twilio.com", validation_alias="TWILIO_BASE_URL")


class Twilio(Notifier, DeliveryReporter):
    """Sends a message's text to one number."""

    code = "twilio"
    can_be_asked = True
    Settings = TwilioSettings

    def __init__(self, settings: TwilioSettings, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._settings = settings
        self._http = HttpClient(
            "twilio",
            settings.base_url,
            auth=(settings.account_sid, settings.auth_token.get_secret_value()),
            explain=explain,
            transport=transport,
        )

    async def send(self, message: Message) -> str:
        """Hands the text over once; returns Twilio's id of it. Queued is not delivered: the callback tells that."""
        answer = json_of(await self._http.write("POST", self._path, data=message_form(message, self._settings)))
        if not (isinstance(answer, dict) and answer.get("sid")):
            raise OutcomeUnknown("twilio answered without an id of the message")
        return str(answer["sid"])

    async def check(self) -> str:
        """Asks for the account, which must be active to send."""
        path = f"2010-04-01/Accounts/{quote(self._settings.account_sid, safe='')}.json"
        account = json_of(await self._http.read("GET", path))
        status = str(account.get("status") if isinstance(account, dict) else "")
        if status != "active":
            raise Refused(f"twilio says the account is {status or 'unknown'}", code="account")
        return "the account is active"

    async def find(self, message: Message, since: datetime) -> str | None:
        """Twilio's id of a text with these words to this number since then; None where it lists none.

        Raises OutcomeUnknown where the list is too long to be sure.
        """
        form = message_form(message, self._settings)
        query = {"To": form["To"], "From": form["From"], "DateSent>": f"{since:%Y-%m-%d}", "PageSize": _LISTED_AT_ONCE}
        answer = json_of(await self._http.read("GET", self._path, params=query))
        if not isinstance(answer, dict) or not isinstance(answer.get("messages"), list):
            raise OutcomeUnknown("twilio's list of messages cannot be read")
        whole = since.replace(microsecond=0)
        same = [text for text in answer["messages"] if text["body"] == form["Body"] and _made_at(text) >= whole]
        if not same and answer.get("next_page_uri"):
            raise OutcomeUnknown("twilio lists more messages than are read")
        return str(same[0]["sid"]) if same else None

    def verify(self, delivery: ReportDelivery, now: datetime) -> None:
        """Returns if Twilio posted this form to the address we gave; raises SignatureRefused otherwise.

        The address is the configured one with the query as it came, so a proxy in between does not matter.
        """
        signed = "?".join(filter(None, (self._settings.status_callback_url, delivery.query)))
        signed += "".join(name + value for name, value in sorted(_form(delivery.body)))
        token = self._settings.auth_token.get_secret_value().encode()
        expected = base64.b64encode(hmac.digest(token, signed.encode(), hashlib.sha1))
        given = delivery.headers.get("x-twilio-signature", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(expected, given):
            raise SignatureRefused("the signature does not fit the form")

    def reports(self, delivery: ReportDelivery, now: datetime) -> Sequence[DeliveryReport]:
        """What the form says of one text; its time is now, as Twilio tells none."""
        form, query = dict(_form(delivery.body)), dict(parse_qsl(delivery.query))
        sid, word, key = form.get("MessageSid", ""), form.get("MessageStatus", ""), query.get("message_key", "")
        if not sid or not word:
            raise Unreadable("this is no status of a message")
        if word not in _STATUSES or not key:
            return ()
        code = form.get("ErrorCode", "")
        detail = f"code {code[:10]}" if code else ""
        return (DeliveryReport(f"{sid}/{word}", key, _STATUSES[word], now, receipt=sid, detail=detail),)

    @property
    def _path(self) -> str:
        return f"2010-04-01/Accounts/{quote(self._settings.account_sid, safe='')}/Messages.json"

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()


def message_form(message: Message, settings: TwilioSettings) -> dict[str, str]:
    """The request; numbers in the international form Twilio asks for."""
    form = {
        "To": international(message.recipient, settings.region, field="To"),
        "From": international(settings.from_number, settings.region, field="From"),
        "Body": message.text,
    }
    if settings.status_callback_url:
        form["StatusCallback"] = f"{settings.status_callback_url}?{urlencode({'message_key': message.key})}"
    return form


def international(number: str, region: str, *, field: str) -> str:
    """The number as E.164 ("+15125550100"). Raises Refused, without quoting it, for what cannot be one."""
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException as error:
        raise Refused("not a telephone number", field=field, code="invalid_number") from error
    if not phonenumbers.is_possible_number(parsed):
        raise Refused("a telephone number of impossible length", field=field, code="invalid_number")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def explain(response: httpx.Response) -> Refused:
    """What Twilio refuses, by its code: its texts quote telephone numbers."""
    try:
        number = int(response.json()["code"])
    except (ValueError, LookupError, TypeError):
        number = 0
    if response.status_code in {401, 403}:
        return Refused("twilio does not accept the credentials", code="credentials")
    return Refused(f"twilio refuses with code {number}", field=_FIELDS.get(number, ""), code=str(number))


def _form(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        raise SignatureRefused("the body is no form") from None


def _made_at(text: dict[str, Any]) -> datetime:
    """When Twilio took the message; its list has whole seconds, as RFC 2822 writes them."""
    return parsedate_to_datetime(text["date_created"]).astimezone(UTC)
