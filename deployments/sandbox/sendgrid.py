"""A stand-in of SendGrid's mail/send, with its checks and its error bodies.

Books: `mails` with sender, recipient, subject, text, html, attachments (names and sizes) and the sender's key.
Operations for faults: `send`, `check`. A key begins with "SG.".
"""

import base64
import binascii
import json
import re
import time
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from deployments.sandbox.books import Books
from deployments.sandbox.doors import bearer_of, guarded
from deployments.sandbox.faults import FaultyRoute

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_HELP = "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#message."

Problem = tuple[str, str]


def router(books: Books) -> APIRouter:
    """POST /v3/mail/send, the key of its events, and the events themselves."""
    routes = APIRouter(route_class=guarded(_denied))

    @routes.post("/v3/mail/send", name="send")
    async def send(request: Request) -> Response:
        try:
            body = json.loads(await request.body())
        except ValueError:
            return _errors(400, [("Bad Request", "")])
        problems = [*_people(body), *_content(body), *_attachments(body)]
        if problems:
            return _errors(400, problems)
        for person in body["personalizations"]:
            row = _record(books, body, person)
        return Response(status_code=202, headers={"X-Message-Id": row["id"]})

    @routes.get("/v3/scopes", name="check")
    async def scopes() -> Response:
        return JSONResponse({"scopes": ["mail.send", "sender_verification_eligible"]})

    routes.include_router(_events(books))
    return routes


def _events(books: Books) -> APIRouter:
    routes = APIRouter(route_class=FaultyRoute)
    private = generate_private_key(SECP256R1())
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @routes.get("/v3/user/webhooks/event/settings/signed", name="signed")
    async def signed() -> dict[str, str]:
        return {"public_key": base64.b64encode(public).decode()}

    @routes.post("/_events", name="events")
    async def events(request: Request) -> dict[str, Any]:
        wanted, mail = json.loads(await request.body()), books.entries("mails")[-1]
        body = json.dumps([_event(mail, kind) for kind in wanted["events"]]).encode()
        timestamp = str(int(time.time()))
        signature = base64.b64encode(private.sign(timestamp.encode() + body, ECDSA(SHA256()))).decode()
        named = {"Signature": signature, "Timestamp": timestamp}
        headers = {f"X-Twilio-Email-Event-Webhook-{name}": text for name, text in named.items()}
        return {"headers": {**headers, "Content-Type": "application/json"}, "body": body.decode()}

    return routes


def _event(mail: dict[str, Any], kind: str) -> dict[str, Any]:
    about = {"email": mail["recipient"], "event": kind, "timestamp": int(time.time()), "message_key": mail["key"]}
    about |= {"sg_event_id": uuid4().hex[:22], "sg_message_id": f"{mail['id']}.filter0001.1.0"}
    if kind == "bounce":
        about |= {"type": "bounce", "status": "5.0.0", "reason": f"550 no mailbox {mail['recipient']}"}
    return about


def _denied(request: Request) -> Response | None:
    if bearer_of(request).startswith("SG."):
        return None
    return _errors(401, [("The provided authorization grant is invalid, expired, or revoked", "")])


def _errors(status: int, problems: list[Problem]) -> Response:
    errors = [
        {"message": text, "field": field or None, "help": f"{_HELP}{field}" if field else None}
        for text, field in problems
    ]
    return JSONResponse({"errors": errors}, status)


def _people(body: dict[str, Any]) -> list[Problem]:
    people = body.get("personalizations") or []
    problems = [] if 1 <= len(people) <= 1000 else [("The personalizations field is required", "personalizations")]
    for place, person in enumerate(people):
        if not (person.get("to") and all(_ADDRESS.fullmatch(to.get("email", "")) for to in person["to"])):
            problems.append(("Does not contain a valid address.", f"personalizations.{place}.to.0.email"))
    if not _ADDRESS.fullmatch((body.get("from") or {}).get("email", "")):
        problems.append(("The from email does not contain a valid address.", "from.email"))
    return problems


def _content(body: dict[str, Any]) -> list[Problem]:
    content = body.get("content") or []
    problems = [] if body.get("subject") else [("The subject is required.", "subject")]
    if body.get("template_id"):
        return (
            [] if re.fullmatch(r"d-\w+", body["template_id"]) else [("The template_id must be valid.", "template_id")]
        )
    if not content:
        problems.append(("Unless a valid template_id is provided, the content parameter is required.", "content"))
    if any(not part.get("value") for part in content):
        problems.append(("The content value must be a string at least one character in length.", "content.0.value"))
    if [part.get("type") for part in content] not in (["text/plain"], ["text/html"], ["text/plain", "text/html"], []):
        problems.append(("text/plain content must come first, followed by text/html content.", "content"))
    return problems


def _attachments(body: dict[str, Any]) -> list[Problem]:
    return [
        ("The attachment content must be base64 encoded and named.", f"attachments.{place}.content")
        for place, attachment in enumerate(body.get("attachments") or [])
        if not (attachment.get("filename") and _decoded(attachment.get("content", "")))
    ]


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except binascii.Error:
        return b""


def _record(books: Books, body: dict[str, Any], person: dict[str, Any]) -> dict[str, Any]:
    parts = {part["type"]: part["value"] for part in body.get("content") or []}
    attachments = body.get("attachments") or []
    return books.record(
        "mails",
        id=uuid4().hex[:22],
        template=body.get("template_id", ""),
        template_data=person.get("dynamic_template_data") or {},
        sender=body["from"]["email"],
        recipient=person["to"][0]["email"],
        subject=body["subject"],
        text=parts.get("text/plain", ""),
        html=parts.get("text/html", ""),
        attachments=[(item["filename"], item.get("type"), len(_decoded(item["content"]))) for item in attachments],
        key=(person.get("custom_args") or body.get("custom_args") or {}).get("message_key", ""),
    )
