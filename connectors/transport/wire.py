"""The bytes of one TCP connection, with or without TLS around it."""

import asyncio
from typing import cast


class Wire(asyncio.Protocol):
    """Bytes that came are kept until they are read; bytes to send are handed to the event loop whole."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._is_over = False
        self._error: Exception | None = None
        self._reader: asyncio.Future[None] | None = None

    @property
    def has_news(self) -> bool:
        """Whether something came that nobody asked for, the end included: no answer can be told from it."""
        return self._is_over or bool(self._received)

    def write(self, content: bytes) -> None:
        """Sends it. That the other side does not take it is found out by reading."""
        if self._transport is not None and not self._is_over:
            self._transport.write(content)

    async def read(self) -> bytes:
        """What came since the last time, waited for where there is nothing; b"" at the end. Raises OSError."""
        if not self.has_news:
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        if not self._received and self._error is not None:
            raise OSError(str(self._error)) from self._error
        content = bytes(self._received)
        self._received.clear()
        return content

    def end(self) -> None:
        """Ends it at once; whatever the other side still says is lost."""
        if self._transport is not None:
            self._transport.abort()

    async def aclose(self) -> None:
        """Ends it, and lets the event loop give the socket back."""
        self.end()
        await asyncio.sleep(0)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The way to the other side is there."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Keeps it for whoever reads."""
        self._received += data
        self._wake()

    def eof_received(self) -> None:
        """The other side has said all; the event loop closes the connection."""
        self._is_over = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing comes or goes any more."""
        self._is_over = True
        self._error = exc
        self._wake()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)
