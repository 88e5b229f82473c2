"""POST /webhooks/carriers/{code}: where parcels are, as their carriers tell it. Kept like a channel's delivery.

A carrier that signs nothing is told an address with a secret at its end, /webhooks/carriers/{code}/{token}; addresses
are in no log of ours.
"""

from collections.abc import Mapping

from fastapi import APIRouter, Request

from connectors.database import credentials
from connectors.database.session import Database
from connectors.documents import check_document
from connectors.errors import ConnectorError, NotConfigured, SignatureRefused, Unreadable
from connectors.installation import Installation
from connectors.protocols import TrackingSender
from connectors.registry import build, connectors_of
from deployments.receiver.body import read_body, refuse
from deployments.receiver.receipts import UNAVAILABLE, DatabaseAway, Receipt, ReceiptBook, readable, unreadable

SOURCE = "carrier:"


class CarrierDesk:
    """The carriers that may post here, each built when it first does; a restart takes new credentials up."""

    def __init__(self, installation: Installation, database: Database) -> None:
        self._installation = installation
        self._database = database
        self._built: dict[str, TrackingSender] = {}

    def get(self, code: str) -> TrackingSender:
        """The carrier. Raises KeyError for one that posts nothing, NotConfigured for one without its settings."""
        if code not in self._built:
            if not issubclass(connectors_of("carriers")[code], TrackingSender):
                raise KeyError(code)
            with self._database.read() as conn:
                stored = credentials.stored_credentials(conn, self._installation.vault())
            self._built[code] = build("carriers", code, stored)
        return self._built[code]


def carrier_webhooks(installation: Installation, database: Database, book: ReceiptBook) -> APIRouter:
    """The two addresses carriers may post to."""
    router, desk = APIRouter(), CarrierDesk(installation, database)

    @router.post("/webhooks/carriers/{code}")
    async def receive(code: str, request: Request) -> dict[str, str]:
        return await _receive(desk, book, code, request)

    @router.post("/webhooks/carriers/{code}/{token}")
    async def receive_at_secret(code: str, token: str, request: Request) -> dict[str, str]:
        return await _receive(desk, book, code, request, token)

    return router


async def _receive(
    desk: CarrierDesk, book: ReceiptBook, code: str, request: Request, token: str = ""
) -> dict[str, str]:
    carrier = _carrier(desk, code)
    headers = {name: ", ".join(request.headers.getlist(name)) for name in request.headers}
    receipt = await _take(carrier, code, headers, await read_body(request), token)
    return {"status": await _keep(book, receipt) if receipt else "nothing to do"}


async def _take(
    carrier: TrackingSender, code: str, headers: Mapping[str, str], body: bytes, token: str
) -> Receipt | None:
    try:
        await carrier.verify(headers, body, token)
    except SignatureRefused as error:
        raise refuse(401, str(error)) from None
    except ConnectorError:
        raise refuse(503, "the keys of the signature cannot be had now: send it again") from None
    try:
        check_document(body)
        notice = carrier.notice(headers, body)
    except Unreadable as error:
        return unreadable(f"{SOURCE}{code}", body, str(error))
    return readable(f"{SOURCE}{code}", notice, body) if notice else None


def _carrier(desk: CarrierDesk, code: str) -> TrackingSender:
    try:
        return desk.get(code)
    except KeyError:
        raise refuse(404, "no such carrier") from None
    except NotConfigured as error:
        raise refuse(503, str(error)) from None
    except UNAVAILABLE as error:
        raise refuse(503, f"not ready: {type(error).__name__}") from None


async def _keep(book: ReceiptBook, receipt: Receipt) -> str:
    try:
        return "received" if await book.keep(receipt) else "duplicate"
    except DatabaseAway as error:
        raise refuse(503, f"{error}: send it again") from None
