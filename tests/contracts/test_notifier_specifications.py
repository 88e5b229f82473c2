"""The mails we hand to SendGrid and what we ask of Twilio, held against the vendors' own OpenAPI documents.

Both documents let any unknown field pass; here they list all there are, so that a misspelt one is found. What SendGrid
says of a key's scopes is part of another document and not held against this one.

Twilio's document contradicts itself about the days a list is asked for: its words and examples are YYYY-MM-DD, its
schema is a date with a time. We send what its words say, and the schema is read so.
"""

import asyncio
import json
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from carrier_exchanges import Exchanges
from contracts.test_notifiers import WAYS
from notice_values import customer_notices
from openapi_faults import request_faults
from shared_material import shared_path
from specification_table import hold_against

from connectors.protocols import Message
from connectors.registry import connectors_of
from connectors.templates import mail

openapi_core = pytest.importorskip("openapi_core")
testing = pytest.importorskip("openapi_core.testing")

MAIL_SEND = "/v3/mail/send"
ACCOUNT, MESSAGES = "/2010-04-01/Accounts/{Sid}.json", "/2010-04-01/Accounts/{AccountSid}/Messages.json"
SHIPPED = mail(customer_notices()["order_shipped"], "dana@example.com", "order-1/shipped")
LABELLED = mail(
    customer_notices()["order_shipped"], "dock@example.com", "label-1", (("label.pdf", "application/pdf", b"%PDF"),)
)
TEXT = Message("event-1", "+1 (512) 555-0100", "Lost parcel", "Order #1001 is lost")
MAILS = {
    "a plain mail": (Message("k", "dana@example.com", "Order", "Hello"), ""),
    "a mail of both forms": (SHIPPED, ""),
    "a mail with an attachment": (LABELLED, ""),
    "a mail of a template": (SHIPPED, "order_shipped=d-1a2b"),
}


def specification(relative: str, *paths: str) -> dict[str, Any]:
    """The document cut down to these paths, as the whole takes long to check, with unlisted fields forbidden."""
    document = json.loads(shared_path(relative).read_bytes())
    return closed(document | {"paths": {path: document["paths"][path] for path in paths}})


def closed(part: Any) -> Any:
    """The part of a document in which every object that lists its properties has no others."""
    if isinstance(part, list):
        return [closed(one) for one in part]
    if not isinstance(part, dict):
        return part
    lists_all = part.get("type") == "object" and isinstance(part.get("properties"), dict)
    return {name: closed(one) for name, one in part.items()} | ({"additionalProperties": False} if lists_all else {})


def validator(document: dict[str, Any]) -> Any:
    return openapi_core.OpenAPI.from_dict(document, config=openapi_core.Config(spec_validator_cls=None))


@pytest.fixture(scope="module")
def sendgrid() -> Any:
    return validator(specification("contracts/sendgrid/tsg_mail_v3.json", MAIL_SEND))


@pytest.fixture(scope="module")
def twilio_document() -> dict[str, Any]:
    document = specification("contracts/twilio/twilio_api_v2010.json", ACCOUNT, MESSAGES)
    for parameter in document["paths"][MESSAGES]["get"]["parameters"]:
        if parameter["name"].startswith("DateSent"):
            assert "YYYY-MM-DD" in parameter["description"]
            parameter["schema"]["format"] = "date"
    return document


@pytest.fixture(scope="module")
def twilio(twilio_document: dict[str, Any]) -> Any:
    return validator(twilio_document)


def said(code: str, conversation: Callable[[Any], Coroutine[Any, Any, Any]], **variables: str) -> list[httpx.Request]:
    """The requests of a conversation with the stand-in, in order."""
    transport = Exchanges()
    cls: Any = connectors_of("notifiers")[code]
    notifier = cls(cls.Settings.load(WAYS[code].variables("http://sandbox") | variables), transport=transport)
    asyncio.run(conversation(notifier))
    assert all(exchange.response.is_success for exchange in transport.kept)
    return [exchange.request for exchange in transport.kept]


def asked(request: httpx.Request, code: str) -> Any:
    return testing.MockRequest(
        f"https://api.{code}.com",
        request.method.lower(),
        request.url.path.removeprefix(f"/{code}"),
        args=dict(request.url.params),
        headers=dict(request.headers),
        data=request.content or None,
        content_type=request.headers.get("content-type", ""),
    )


def mail_request(message: Message, templates: str) -> httpx.Request:
    (request,) = said("sendgrid", lambda notifier: notifier.send(message), SENDGRID_TEMPLATES=templates)
    return request


@pytest.mark.requirement("OF-18", "OF-96")
@pytest.mark.parametrize("kind", MAILS)
def test_every_mail_is_valid_against_sendgrids_specification(sendgrid: Any, kind: str) -> None:
    request = mail_request(*MAILS[kind])
    body = json.loads(request.content)
    assert ("attachments" in body, "template_id" in body) == ("attachment" in kind, "template" in kind)
    hold_against(
        "tsg_mail_v3.json", "sendgrid", f"POST mail/send, {kind}", request_faults(sendgrid, asked(request, "sendgrid"))
    )


@pytest.mark.parametrize(
    ("place", "field", "value"),
    [
        ((), "from", None),
        ((), "subjekt", "Order"),
        (("personalizations", 0), "to", None),
        (("personalizations", 0), "dynamic_template_data", "words"),
        (("attachments", 0), "filename", None),
        (("attachments", 0), "disposition", "enclosed"),
    ],
)
def test_a_mail_of_another_shape_would_be_found_out(sendgrid: Any, place, field, value) -> None:
    request = asked(mail_request(LABELLED, "order_shipped=d-1a2b"), "sendgrid")
    body = part = json.loads(request.body)
    for step in place:
        part = part[step]
    part[field] = value
    if value is None:
        del part[field]
    request.body = json.dumps(body).encode()
    assert request_faults(sendgrid, request)


async def every_verb(notifier: Any) -> None:
    await notifier.check()
    receipt = await notifier.send(TEXT)
    assert await notifier.find(TEXT, datetime(2020, 1, 1, 12, tzinfo=UTC)) == receipt


@pytest.fixture(scope="module")
def texts() -> dict[str, httpx.Request]:
    requests = said("twilio", every_verb)
    return dict(zip(("GET account", "POST Messages", "GET Messages"), requests, strict=True))


@pytest.mark.requirement("OF-17", "OF-97")
@pytest.mark.parametrize("operation", ["GET account", "POST Messages", "GET Messages"])
def test_every_request_is_valid_against_twilios_specification(twilio, twilio_document, texts, operation) -> None:
    request = texts[operation]
    hold_against("twilio_api_v2010.json", "twilio", operation, twilio_faults(twilio, twilio_document, request))


def test_a_text_asks_for_reports_of_what_became_of_it(texts) -> None:
    assert b"StatusCallback=https%3A%2F%2Fshop.example" in texts["POST Messages"].content


def twilio_faults(twilio: Any, document: dict[str, Any], request: httpx.Request) -> list[str]:
    """What openapi-core finds, and the names in query and form the operation does not have, which it leaves alone."""
    path = MESSAGES if request.url.path.endswith("Messages.json") else ACCOUNT
    operation = document["paths"][path][request.method.lower()]
    known = {one["name"] for one in operation["parameters"] if one["in"] == "query"}
    form = parse_qsl(request.content.decode())
    if form:
        known |= set(operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]["properties"])
    unknown = [name for name in [*request.url.params, *dict(form)] if name not in known]
    return request_faults(twilio, asked(request, "twilio")) + [f"there is no {name}" for name in unknown]


@pytest.mark.parametrize(
    ("was", "becomes"),
    [(b"To=", b"Recipient="), (b"From=", b"Sender="), (b"StatusCallback=", b"StatusCallbackUrl=")],
)
def test_a_text_of_another_shape_would_be_found_out(twilio, twilio_document, texts, was: bytes, becomes: bytes) -> None:
    sent = texts["POST Messages"]
    headers = {"content-type": sent.headers["content-type"], "authorization": sent.headers["authorization"]}
    wrong = httpx.Request("POST", sent.url, content=sent.content.replace(was, becomes), headers=headers)
    assert twilio_faults(twilio, twilio_document, wrong)


@pytest.mark.parametrize(("name", "value"), [("PageSize", "5000"), ("DateSent>", "yesterday"), ("SentAfter", "2026")])
def test_a_list_asked_for_in_another_way_would_be_found_out(twilio, twilio_document, texts, name, value) -> None:
    listed = texts["GET Messages"]
    wrong = httpx.Request("GET", listed.url.copy_set_param(name, value), headers=listed.headers)
    assert twilio_faults(twilio, twilio_document, wrong)
