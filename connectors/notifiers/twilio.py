"""Twilio: text messages."""

from urllib.parse import quote, urlencode

import httpx
import phonenumbers
from pydantic import Field, SecretStr

from connectors.errors import OutcomeUnknown, Refused
from connectors.protocols import Message, Notifier
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


class Twilio(Notifier):
    """Sends a message's text to one number."""

    code = "twilio"
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
        path = f"2010-04-01/Accounts/{quote(self._settings.account_sid, safe='')}/Messages.json"
        answer = json_of(await self._http.write("POST", path, data=message_form(message, self._settings)))
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
