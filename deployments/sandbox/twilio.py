"""A stand-in of Twilio's Messages resource.

Books: `texts` with sender, recipient, text, how many segments it costs, and the sender's key from the callback.
Operations for faults: `send`, `check`. Any account whose id begins with "AC" may send with any token but "wrong".
"""

import base64
import binascii
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from deployments.sandbox.books import Books
from deployments.sandbox.faults import FaultyRoute

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_GSM = re.compile(r"[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\\[~\]|€]*")


def router(books: Books) -> APIRouter:
    """POST …/Messages.json."""
    routes = APIRouter(route_class=FaultyRoute)

    @routes.post("/2010-04-01/Accounts/{account}/Messages.json", name="send")
    async def send(account: str, request: Request) -> Response:
        if not _may_send(account, request.headers.get("authorization", "")):
            return _error(401, 20003, "Authenticate")
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        problem = _problem(form)
        if problem:
            return _error(400, *problem)
        row = _record(books, account, form)
        return JSONResponse(_resource(account, form, row), 201)

    @routes.get("/2010-04-01/Accounts/{account}.json", name="check")
    async def account(account: str, request: Request) -> Response:
        if not _may_send(account, request.headers.get("authorization", "")):
            return _error(401, 20003, "Authenticate")
        return JSONResponse({"sid": account, "status": "active", "friendly_name": "Sandbox", "type": "Full"})

    return routes


def _may_send(account: str, authorization: str) -> bool:
    try:
        user, _, token = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    return user == account and account.startswith("AC") and token not in {"", "wrong"}


def _problem(form: dict[str, str]) -> tuple[int, str] | None:
    to, sender, body = form.get("To", ""), form.get("From", ""), form.get("Body", "")
    if not to:
        return 21604, "A 'To' phone number is required."
    if not _E164.fullmatch(to):
        return 21211, f"Invalid 'To' Phone Number: {to}"
    if not (sender or form.get("MessagingServiceSid")):
        return 21603, "A 'From' phone number is required."
    if not body:
        return 21602, "Message body is required."
    return (21617, "The concatenated message body exceeds the 1600 character limit.") if len(body) > 1600 else None


def _error(status: int, code: int, message: str) -> Response:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return JSONResponse({"code": code, "message": message, "more_info": more, "status": status}, status)


def _segments(text: str) -> int:
    """One message holds 160 GSM characters or 70 of any alphabet; a part of several holds 153 or 67."""
    one, part = (160, 153) if _GSM.fullmatch(text) else (70, 67)
    return 1 if len(text) <= one else -(-len(text) // part)


def _record(books: Books, account: str, form: dict[str, str]) -> dict[str, Any]:
    callback = parse_qs(urlsplit(form.get("StatusCallback", "")).query)
    return books.record(
        "texts",
        sid=f"SM{uuid4().hex}",
        account=account,
        sender=form.get("From", ""),
        recipient=form["To"],
        text=form["Body"],
        segments=_segments(form["Body"]),
        key=callback.get("message_key", [""])[0],
    )


def _resource(account: str, form: dict[str, str], row: dict[str, Any]) -> dict[str, Any]:
    return {
        "sid": row["sid"],
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": form["Body"],
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": form.get("From"),
        "num_media": "0",
        "num_segments": str(row["segments"]),
        "status": "queued",
        "to": form["To"],
        "uri": f"/2010-04-01/Accounts/{account}/Messages/{row['sid']}.json",
    }
