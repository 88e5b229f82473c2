"""Printers that take whatever is sent to their port 9100, as thermal printers do: raw://10.0.0.7:9100.

Such a printer says nothing back. A job counts as printed when all of it was taken and the line was closed in order.
"""

import asyncio
import contextlib
from urllib.parse import urlsplit

from connectors.errors import OutcomeUnknown, TryAgain
from connectors.protocols import Printer, PrintJob
from connectors.settings import ConnectorSettings

PORT = 9100
CONNECT_SECONDS = 5.0
SEND_SECONDS = 20.0


class Settings(ConnectorSettings):
    """Nothing: the address is all a raw printer needs."""

    service = "raw"


class RawPrinter(Printer):
    """A printer's raw port (JetDirect, AppSocket)."""

    code = "raw"
    Settings = Settings

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def print_job(self, address: str, job: PrintJob) -> str:
        """Sends the file as it is; the printer must understand what it is. Returns ""."""
        place = urlsplit(address)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, writer = await asyncio.open_connection(place.hostname, place.port or PORT)
        except OSError as error:
            raise TryAgain(f"the printer at {place.netloc} cannot be reached: {error}", wait_seconds=30) from error
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await _send(writer, job.document)
        except OSError as error:
            raise OutcomeUnknown(f"the printer at {place.netloc} broke off: {type(error).__name__}") from error
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        return ""


async def _send(writer: asyncio.StreamWriter, document: bytes) -> None:
    writer.write(document)
    await writer.drain()
    writer.write_eof()
