"""POST /webhooks/notifiers/{code}: what services tell of messages they took, kept with the messages' log."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from fastapi import APIRouter, Request

from connectors.database import credentials, outbox
from connectors.database.session import Database
from connectors.errors import NotConfigured, SignatureRefused, Unreadable
from connectors.installation import Installation
from connectors.protocols import DeliveryReport, DeliveryReporter, ReportDelivery
from connectors.registry import build, connectors_of
from deployments.receiver.body import read_body, refuse
from deployments.receiver.receipts import COMMIT_SECONDS, UNAVAILABLE


class ReportDesk:
    """The services that may report here, each built when it first does; a restart takes new credentials up."""

    def __init__(self, installation: Installation, database: Database) -> None:
        self._installation = installation
        self._database = database
        self._built: dict[str, DeliveryReporter] = {}

    def get(self, code: str) -> DeliveryReporter:
        """The notifier. Raises KeyError for one that reports nothing, NotConfigured for one without its settings."""
        if code not in self._built:
            if not issubclass(connectors_of("notifiers")[code], DeliveryReporter):
                raise KeyError(code)
            with self._database.read() as conn:
                stored = credentials.stored_credentials(conn, self._installation.vault())
            self._built[code] = build("notifiers", code, stored)
        return self._built[code]

    def keep(self, code: str, reports: Sequence[DeliveryReport]) -> int:
        """Keeps the reports; returns how many were new."""
        with self._database.write() as conn:
            return outbox.keep_reports(conn, code, reports)


def delivery_reports(installation: Installation, database: Database) -> APIRouter:
    """The address to enter at SendGrid as the event webhook, and to configure as Twilio's status callback."""
    router, desk = APIRouter(), ReportDesk(installation, database)

    @router.post("/webhooks/notifiers/{code}")
    async def receive(code: str, request: Request) -> dict[str, int]:
        reporter = await asyncio.to_thread(_reporter, desk, code)
        headers = {name: ", ".join(request.headers.getlist(name)) for name in request.headers}
        delivery = ReportDelivery(headers, request.url.query, await read_body(request))
        reports = _read(reporter, delivery)
        return {"new": await _keep(desk, code, reports) if reports else 0}

    return router


def _reporter(desk: ReportDesk, code: str) -> DeliveryReporter:
    try:
        return desk.get(code)
    except KeyError:
        raise refuse(404, "no such service") from None
    except NotConfigured as error:
        raise refuse(503, str(error)) from None
    except UNAVAILABLE as error:
        raise refuse(503, f"not ready: {type(error).__name__}") from None


def _read(reporter: DeliveryReporter, delivery: ReportDelivery) -> Sequence[DeliveryReport]:
    now = datetime.now(UTC)
    try:
        reporter.verify(delivery, now)
        return reporter.reports(delivery, now)
    except SignatureRefused as error:
        raise refuse(401, str(error)) from None
    except Unreadable as error:
        raise refuse(400, str(error)) from None


async def _keep(desk: ReportDesk, code: str, reports: Sequence[DeliveryReport]) -> int:
    try:
        return await asyncio.wait_for(asyncio.to_thread(desk.keep, code, reports), COMMIT_SECONDS)
    except (TimeoutError, *UNAVAILABLE):
        raise refuse(503, "the database is away: send it again") from None
