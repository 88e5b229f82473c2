"""The sales channels that may post here."""

import asyncio
from contextlib import suppress

from connectors.database import credentials
from connectors.database.session import Database
from connectors.errors import NotConfigured
from connectors.installation import Installation
from connectors.protocols import SalesChannel
from connectors.registry import build, canonical, connector_class, connectors_of
from deployments.receiver.receipts import UNAVAILABLE


class Channels:
    """The channels, each built once from environment and stored credentials; a restart takes new credentials up."""

    def __init__(self, installation: Installation, database: Database) -> None:
        self._installation = installation
        self._database = database
        self._stored: dict[str, str] | None = None
        self._built: dict[str, SalesChannel] = {}

    async def get(self, code: str) -> SalesChannel:
        """The channel. Raises KeyError for an unknown one or one that sells nothing, NotConfigured without settings."""
        code = canonical(code)
        if not issubclass(connector_class("channels", code), SalesChannel):
            raise KeyError(code)
        if code not in self._built:
            self._built[code] = build("channels", code, await self._credentials())
        return self._built[code]

    async def build_all(self) -> None:
        """Builds what can be built before the first delivery comes; the rest is tried again when it is asked for."""
        for code in connectors_of("channels"):
            with suppress(KeyError, NotConfigured, *UNAVAILABLE):
                await self.get(code)

    async def _credentials(self) -> dict[str, str]:
        if self._stored is None:
            self._stored = await asyncio.to_thread(self._read_credentials)
        return self._stored

    def _read_credentials(self) -> dict[str, str]:
        with self._database.read() as conn:
            return credentials.stored_credentials(conn, self._installation.vault())
