"""Magento 2: stock only, by multi-source inventory. Orders are not taken from it."""

from collections.abc import Sequence
from typing import ClassVar

from connectors.channels.magento import inventory
from connectors.channels.magento.rest import MagentoRest, shop_http
from connectors.channels.magento.settings import MagentoSettings
from connectors.protocols import ChannelLocation, StockSource
from connectors.transport.http import HttpClient
from orderflow.inventory import StockLevel


class MagentoStock(StockSource):
    """The sources of one Magento stock; a location's id is the source's code."""

    code: ClassVar[str] = "magento"
    Settings = MagentoSettings

    def __init__(self, settings: MagentoSettings, http: HttpClient | None = None) -> None:
        self._stock_id = settings.stock_id
        self._http = http or shop_http(settings)
        self._rest = MagentoRest(self._http)

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()

    async def locations(self) -> tuple[ChannelLocation, ...]:
        """The sources."""
        return await inventory.locations(self._rest)

    async def stock_levels(self) -> tuple[StockLevel, ...]:
        """What each source holds per SKU, and what of it orders have reserved."""
        return await inventory.stock_levels(self._rest, self._stock_id)

    async def set_available(self, levels: Sequence[StockLevel], *, key: str) -> int:
        """Sets what each source promises; absolute, so `key` is not needed."""
        return await inventory.set_available(self._rest, self._stock_id, levels)
