"""The receiver of webhooks: checks who sent it, keeps it, says so. Nothing else happens in the request."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse

from connectors.database.session import Database
from connectors.documents import check_document
from connectors.errors import NotConfigured, SignatureRefused, Unreadable
from connectors.installation import Installation
from connectors.logs import configure_logs
from connectors.protocols import SalesChannel
from deployments.receiver.actions import action_requests
from deployments.receiver.body import read_body, refuse
from deployments.receiver.carriers import carrier_webhooks
from deployments.receiver.channels import Channels
from deployments.receiver.choices import choices
from deployments.receiver.delivery_reports import delivery_reports
from deployments.receiver.label_files import label_files
from deployments.receiver.metrics import metrics_text
from deployments.receiver.order_page import order_pages
from deployments.receiver.receipts import (
    COMMIT_SECONDS,
    UNAVAILABLE,
    DatabaseAway,
    Receipt,
    ReceiptBook,
    readable,
    unreadable,
)
from deployments.receiver.slack_buttons import slack_buttons


def create_receiver(installation: Installation) -> FastAPI:
    """The app: takes webhooks and pressed buttons; tells health, metrics and the pages of orders.

    Only /webhooks, /slack and /choices are for the outside.
    """
    database = Database(installation.database_address, wait_seconds=COMMIT_SECONDS)
    channels, book = Channels(installation, database), ReceiptBook(database, installation.vault())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        await channels.build_all()
        yield
        database.close()

    app = FastAPI(title="OrderFlow receiver", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)

    app.include_router(order_pages(database, installation.vault()))
    app.include_router(label_files(database))
    app.include_router(choices(database, installation.vault()))
    app.include_router(slack_buttons(installation, database))
    app.include_router(carrier_webhooks(installation, database, book))
    app.include_router(delivery_reports(installation, database))
    app.include_router(action_requests(installation, database, book))

    @app.post("/webhooks/{code}")
    async def receive_webhook(code: str, request: Request) -> dict[str, str]:
        channel = await _channel(channels, code)
        receipt = take(channel, channel.code, headers_of(request), await read_body(request))
        return {"status": await _keep(book, receipt) if receipt else "nothing to do"}

    @app.get("/health")
    async def health() -> dict[str, str]:
        await _metrics(database)
        return {"status": "ok"}

    @app.get("/metrics")
    async def metrics() -> PlainTextResponse:
        return PlainTextResponse(await _metrics(database), media_type="text/plain; version=0.0.4")

    return app


def from_environment() -> FastAPI:
    """The receiver of the installation this process belongs to."""
    configure_logs()
    return create_receiver(Installation.from_environment())


def take(channel: SalesChannel, code: str, headers: Mapping[str, str], body: bytes) -> Receipt | None:
    """What a delivery is kept as; None for one that asks for nothing. Raises 401 where the signature does not fit."""
    try:
        channel.verify(headers, body)
    except SignatureRefused as error:
        raise refuse(401, str(error)) from None
    try:
        check_document(body)
        notice = channel.notice(headers, body)
    except Unreadable as error:
        return unreadable(code, body, str(error))
    return readable(code, notice, body) if notice else None


def headers_of(request: Request) -> dict[str, str]:
    """The headers by lower-case name; one that came several times is joined, so no single one of them can pass."""
    joined: dict[str, str] = {}
    for name, text in request.headers.items():
        joined[name] = f"{joined[name]}, {text}" if name in joined else text
    return joined


async def _channel(channels: Channels, code: str) -> SalesChannel:
    try:
        return await channels.get(code)
    except KeyError:
        raise refuse(404, "no such channel") from None
    except NotConfigured as error:
        raise refuse(503, str(error)) from None
    except UNAVAILABLE as error:
        raise refuse(503, f"not ready: {type(error).__name__}") from None


async def _keep(book: ReceiptBook, receipt: Receipt) -> str:
    try:
        return "received" if await book.keep(receipt) else "duplicate"
    except DatabaseAway as error:
        raise refuse(503, f"{error}: send it again") from None


async def _metrics(database: Database) -> str:
    try:
        return await asyncio.to_thread(metrics_text, database)
    except UNAVAILABLE:
        raise refuse(503, "the database is away") from None
