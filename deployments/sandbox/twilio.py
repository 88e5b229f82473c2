"""A stand-in of Twilio's Messages resource.

Books: `texts` with sender, recipient, text, how many segments it costs, and the sender's key from the callback.
POST /_status answers with the signed request Twilio would send about the newest text.
Operations for faults: `send`, `check`. An account's id begins with "AC", its token has eight
characters or more.
"""

import base64
import hashlib
import hmac
import json
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from deployments.sandbox.books import Books
from deployments.sandbox.doors import are_credentials, basic_of, guarded
from deployments.sandbox.faults import FaultyRoute

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_GSM = re.compile(r"[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\\[~\]|€]*")


def router(books: Books) -> APIRouter:
    """POST and GET …/Messages.json."""
    routes = APIRouter(route_class=guarded(_denied))

    @routes.post("/2010-04-01/Accounts/{account}/Messages.json", name="send")
    async def send(account: str, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        problem = _problem(form)
        if problem:
            return _error(400, *problem)
        row = _record(books, account, form)
        return JSONResponse(_resource(account, row), 201)

    @routes.get("/2010-04-01/Accounts/{account}/Messages.json", name="list")
    async def listed(account: str, request: Request) -> Response:
        asked = request.query_params
        newest_first = [
            _resource(account, row)
            for row in reversed(books.entries("texts"))
            if row["recipient"] == asked.get("To", row["recipient"])
        ]
        size = int(asked.get("PageSize", 50))
        following = f"/2010-04-01/Accounts/{account}/Messages.json?Page=1" if len(newest_first) > size else None
        return JSONResponse({"messages": newest_first[:size], "next_page_uri": following, "page": 0, "page_size": size})

    @routes.get("/2010-04-01/Accounts/{account}.json", name="check")
    async def account(account: str, request: Request) -> Response:
        return JSONResponse({"sid": account, "status": "active", "friendly_name": "Sandbox", "type": "Full"})

    routes.include_router(_reports(books))
    return routes


def _reports(books: Books) -> APIRouter:
    reports = APIRouter(route_class=FaultyRoute)

    @reports.post("/_status", name="status")
    async def status(request: Request) -> dict[str, Any]:
        wanted, row = json.loads(await request.body()), books.entries("texts")[-1]
        form = {"MessageSid": row["sid"], "MessageStatus": wanted["status"], "To": row["recipient"]}
        form |= {"ErrorCode": wanted["error_code"]} if wanted.get("error_code") else {}
        signed = row["callback"] + "".join(name + form[name] for name in sorted(form))
        signature = base64.b64encode(hmac.digest(wanted["auth_token"].encode(), signed.encode(), hashlib.sha1)).decode()
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        return {"headers": headers, "query": urlsplit(row["callback"]).query, "body": urlencode(form)}

    return reports


def _denied(request: Request) -> Response | None:
    account, token = basic_of(request)
    is_own = account.startswith("AC") and account == request.path_params["account"]
    return None if is_own and are_credentials(token) else _error(401, 20003, "Authenticate")


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
        callback=form.get("StatusCallback", ""),
        created=format_datetime(datetime.now(UTC)),
    )


def _resource(account: str, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "sid": row["sid"],
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": row["text"],
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": row["sender"] or None,
        "num_media": "0",
        "num_segments": str(row["segments"]),
        "status": "queued",
        "to": row["recipient"],
        "date_created": row["created"],
        "date_sent": row["created"],
        "date_updated": row["created"],
        "uri": f"/2010-04-01/Accounts/{account}/Messages/{row['sid']}.json",
    }
