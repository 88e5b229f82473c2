"""POST /webhooks/carriers/{code}: where parcels are, as their carriers tell it. Kept like a channel's delivery.

POST /webhooks/partners/{code}: an order moved at a fulfilment partner.

A carrier that signs nothing is told an address with a secret at its end, /webhooks/carriers/{code}/{token}; addresses
are in no log of ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request

from connectors.database import credentials
from connectors.database.session import Database
from connectors.documents import check_document
from connectors.errors import ConnectorError, NotConfigured, SignatureRefused, Unreadable
from connectors.installation import Installation
from connectors.protocols import TrackingSender
from connectors.protocols.partner_news import NewsSender
from connectors.registry import build, connector_class
from deployments.receiver.body import read_body, refuse
from deployments.receiver.receipts import UNAVAILABLE, DatabaseAway, Receipt, ReceiptBook, readable, unreadable

Sender = TrackingSender | NewsSender


@dataclass(frozen=True)
class Senders:
    """A kind of connectors that post: its folder, its class, and how the inbox names it."""

    folder: str
    posts: type[Sender]
    source: str


CARRIERS = Senders("carriers", TrackingSender, "carrier:")
PARTNERS = Senders("fulfillment", NewsSender, "partner:")


class SenderDesk:
    """The senders of one kind that may post here, each built when it first does; a restart takes new credentials up."""

    def __init__(self, installation: Installation, database: Database, senders: Senders) -> None:
        self.senders = senders
        self._installation = installation
        self._database = database
        self._built: dict[str, Sender] = {}

    def get(self, code: str) -> Sender:
        """The sender. Raises KeyError for one that posts nothing, NotConfigured for one without its settings."""
        if code not in self._built:
            if not issubclass(connector_class(self.senders.folder, code), self.senders.posts):
                raise KeyError(code)
            with self._database.read() as conn:
                stored = credentials.stored_credentials(conn, self._installation.vault())
            self._built[code] = build(self.senders.folder, code, stored)
        return self._built[code]


def carrier_webhooks(installation: Installation, database: Database, book: ReceiptBook) -> APIRouter:
    """The two addresses carriers may post to, and the one of fulfilment partners."""
    router, desk = APIRouter(), SenderDesk(installation, database, CARRIERS)
    partners = SenderDesk(installation, database, PARTNERS)

    @router.post("/webhooks/carriers/{code}")
    async def receive(code: str, request: Request) -> dict[str, str]:
        return await _receive(desk, book, code, request)

    @router.post("/webhooks/carriers/{code}/{token}")
    async def receive_at_secret(code: str, token: str, request: Request) -> dict[str, str]:
        return await _receive(desk, book, code, request, token)

    @router.post("/webhooks/partners/{code}")
    async def receive_from_partner(code: str, request: Request) -> dict[str, str]:
        return await _receive(partners, book, code, request)

    return router


async def _receive(desk: SenderDesk, book: ReceiptBook, code: str, request: Request, token: str = "") -> dict[str, str]:
    sender = _sender(desk, code)
    headers = {name: ", ".join(request.headers.getlist(name)) for name in request.headers}
    receipt = await _take(sender, f"{desk.senders.source}{code}", headers, await read_body(request), token)
    return {"status": await _keep(book, receipt) if receipt else "nothing to do"}


async def _take(sender: Sender, source: str, headers: Mapping[str, str], body: bytes, token: str) -> Receipt | None:
    try:
        await sender.verify(headers, body, token)
    except SignatureRefused as error:
        raise refuse(401, str(error)) from None
    except ConnectorError:
        raise refuse(503, "the keys of the signature cannot be had now: send it again") from None
    try:
        check_document(body)
        notice = sender.notice(headers, body)
    except Unreadable as error:
        return unreadable(source, body, str(error))
    return readable(source, notice, body) if notice else None


def _sender(desk: SenderDesk, code: str) -> Sender:
    try:
        return desk.get(code)
    except KeyError:
        raise refuse(404, "nobody of that name posts here") from None
    except NotConfigured as error:
        raise refuse(503, str(error)) from None
    except UNAVAILABLE as error:
        raise refuse(503, f"not ready: {type(error).__name__}") from None


async def _keep(book: ReceiptBook, receipt: Receipt) -> str:
    try:
        return "received" if await book.keep(receipt) else "duplicate"
    except DatabaseAway as error:
        raise refuse(503, f"{error}: send it again") from None
