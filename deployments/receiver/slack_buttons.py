"""POST /slack/actions: a button somebody pressed under a card is kept, and Slack told so; a flow carries it out."""

import asyncio
from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response

from connectors.database import credentials, rulings
from connectors.database.session import Database
from connectors.errors import NotConfigured, SignatureRefused, Unreadable
from connectors.installation import Installation
from connectors.slack_buttons import Press, SlackButtonSettings, press_of, verify
from deployments.receiver.body import read_body, refuse
from deployments.receiver.receipts import UNAVAILABLE

# Slack shows its user an error after three seconds; pressing again is harmless.
COMMIT_SECONDS = 2.5


def slack_buttons(installation: Installation, database: Database) -> APIRouter:
    """The address to enter as the Slack app's request URL for interactivity."""
    router = APIRouter()

    @router.post("/slack/actions")
    async def press_button(request: Request) -> Response:
        body = await read_body(request)
        try:
            settings = await asyncio.to_thread(_settings, installation, database)
            verify(settings, request.headers, body, datetime.now(UTC))
            press = press_of(body)
        except NotConfigured as error:
            raise refuse(503, str(error)) from None
        except SignatureRefused as error:
            raise refuse(401, str(error)) from None
        except Unreadable as error:
            raise refuse(400, str(error)) from None
        if press:
            await _keep(database, press)
        return Response(status_code=200)

    return router


def _settings(installation: Installation, database: Database) -> SlackButtonSettings:
    try:
        return SlackButtonSettings.load()
    except NotConfigured:
        with database.read() as conn:
            return SlackButtonSettings.load(credentials.stored_credentials(conn, installation.vault()))


async def _keep(database: Database, press: Press) -> None:
    try:
        await asyncio.wait_for(asyncio.to_thread(_write, database, press), COMMIT_SECONDS)
    except (TimeoutError, *UNAVAILABLE):
        raise refuse(503, "the database is away: press again") from None


def _write(database: Database, press: Press) -> None:
    with database.write() as conn:
        rulings.keep_press(
            conn,
            source="slack",
            dedup_key=press.key,
            presser=press.user,
            answer=press.answer,
            hold_id=press.hold_id,
        )
