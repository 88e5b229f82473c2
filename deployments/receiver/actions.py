"""POST /actions/{name}: what automation services ask for, checked and kept; a flow carries it out.

The same `Idempotency-Key` again is answered and does nothing.
"""

import asyncio

from fastapi import APIRouter, Request

from connectors.actions import ACTIONS, SOURCE, ActionSettings, read_action, verify
from connectors.database import credentials
from connectors.database.session import Database
from connectors.errors import NotConfigured, SignatureRefused, Unreadable
from connectors.installation import Installation
from deployments.receiver.body import read_body, refuse
from deployments.receiver.receipts import UNAVAILABLE, DatabaseAway, Receipt, ReceiptBook

LONGEST_KEY = 200


def action_requests(installation: Installation, database: Database, book: ReceiptBook) -> APIRouter:
    """The address for automation services, one action each."""
    router = APIRouter()

    @router.post("/actions/{name}", status_code=202)
    async def act(name: str, request: Request) -> dict[str, str]:
        await _check_sender(installation, database, request)
        if name not in ACTIONS:
            raise refuse(404, f"no such action; there are {', '.join(ACTIONS)}")
        key = request.headers.get("idempotency-key", "")
        if not 0 < len(key) <= LONGEST_KEY:
            raise refuse(400, f"send an Idempotency-Key of up to {LONGEST_KEY} characters")
        body = await read_body(request)
        try:
            read_action(name, body)
        except Unreadable as error:
            raise refuse(422, f"{error.field}: {error}" if error.field else str(error)) from None
        return {"status": await _keep(book, Receipt(SOURCE, name, key, body))}

    return router


async def _check_sender(installation: Installation, database: Database, request: Request) -> None:
    try:
        verify(await asyncio.to_thread(_settings, installation, database), request.headers)
    except NotConfigured as error:
        raise refuse(503, str(error)) from None
    except SignatureRefused:
        raise refuse(401, "the token is missing or wrong") from None
    except UNAVAILABLE as error:
        raise refuse(503, f"not ready: {type(error).__name__}") from None


def _settings(installation: Installation, database: Database) -> ActionSettings:
    try:
        return ActionSettings.load()
    except NotConfigured:
        with database.read() as conn:
            return ActionSettings.load(credentials.stored_credentials(conn, installation.vault()))


async def _keep(book: ReceiptBook, receipt: Receipt) -> str:
    try:
        return "received" if await book.keep(receipt) else "duplicate"
    except DatabaseAway as error:
        raise refuse(503, f"{error}: send it again") from None
