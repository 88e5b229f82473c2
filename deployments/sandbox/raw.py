"""A stand-in of a label printer on a raw port: it keeps what it prints.

Books: `jobs` (port, document in base64). POST /raw/_listen switches a printer on, on a free port of this machine, and
answers with the port; with `jams` it breaks the line off in the middle of a job.
"""

import asyncio
from base64 import b64encode
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from deployments.sandbox.books import Books
from deployments.sandbox.carriage import routes_of

LOOPBACK = "127.0.0.1"
LARGEST_BYTES = 5_000_000


class Wish(BaseModel):
    """What kind of printer is wanted."""

    jams: bool = False


def router(books: Books) -> APIRouter:
    """The one route."""
    return routes_of([("POST", "/_listen", "listen", Printers(books).listen)])


class Printers:
    """The printers that were switched on."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._servers: list[asyncio.Server] = []

    async def listen(self, wish: Wish) -> dict[str, Any]:
        """Switches a printer on; it stays on as long as the sandbox lives."""
        take = self._jam if wish.jams else self._take
        server = await asyncio.start_server(take, LOOPBACK, 0, limit=LARGEST_BYTES)
        self._servers.append(server)
        return {"port": server.sockets[0].getsockname()[1]}

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port = writer.get_extra_info("sockname")[1]
        document = await reader.read(-1)
        if document:
            self._books.record("jobs", port=port, document=b64encode(document).decode())
        writer.close()

    async def _jam(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.transport.abort()
