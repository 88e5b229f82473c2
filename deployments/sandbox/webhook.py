"""A stand-in of anybody who receives our webhooks: checks the signature with code of its own and keeps what it gets.

Books: `deliveries` with path, id, body and whether the id had been seen before; `refused` with the reason.
Operations for faults: `receive`. The secret is WEBHOOK_SIGNING_SECRET, else the one below. Paths under
hooks/catch/ answer as an automation service's catch hook does.
"""

import base64
import hashlib
import hmac
import json
import os
import time
from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from deployments.sandbox.books import Books
from deployments.sandbox.faults import FaultyRoute

SECRET = "whsec_" + base64.b64encode(b"the secret of the sandbox").decode()
TOLERANCE_SECONDS = 300


def router(books: Books) -> APIRouter:
    """POST to any path."""
    routes = APIRouter(route_class=FaultyRoute)

    @routes.post("/{path:path}", name="receive")
    async def receive(path: str, request: Request) -> Response:
        body = await request.body()
        problem = _problem(request.headers, body)
        if problem:
            books.record("refused", path=path, problem=problem)
            return JSONResponse({"error": problem}, 401)
        delivery = request.headers["webhook-id"]
        seen = books.find("deliveries", path=path, id=delivery) is not None
        books.record("deliveries", path=path, id=delivery, body=json.loads(body), duplicate=seen)
        return JSONResponse({"status": "success", "id": delivery, "attempt": delivery, "request_id": delivery})

    return routes


def _problem(headers: Mapping[str, str], body: bytes) -> str:
    delivery, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not delivery or not timestamp.isdigit():
        return "a header is missing"
    if abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        return "the timestamp is too old or too new"
    expected = _signature(delivery, timestamp, body)
    given = [part.partition(",")[2] for part in headers.get("webhook-signature", "").split() if part.startswith("v1,")]
    return "" if any(hmac.compare_digest(expected, one) for one in given) else "the signature is wrong"


def _signature(delivery: str, timestamp: str, body: bytes) -> str:
    secret = os.environ.get("WEBHOOK_SIGNING_SECRET") or SECRET
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{delivery}.{timestamp}.".encode() + body, hashlib.sha256)
    return base64.b64encode(signed.digest()).decode()
