"""A shop of each kind: the real connector, talking in-process to its stand-in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from channel_exchanges import app_of
from channel_variables import SECRET, channel_variables

from connectors.channels.bigcommerce import BigCommerceChannel, store_http
from connectors.channels.bigcommerce.settings import BigCommerceSettings
from connectors.channels.shopify import ShopifyChannel, admin_http
from connectors.channels.shopify.settings import ShopifySettings
from connectors.channels.woocommerce import WooCommerceChannel, rest_http
from connectors.channels.woocommerce.settings import WooCommerceSettings
from connectors.protocols import SalesChannel
from deployments.sandbox.faults import Fault

VARIABLES = channel_variables("http://sandbox")


@dataclass
class Stand:
    """A channel and the stand-in it talks to."""

    channel: SalesChannel
    app: Any
    requests: list[httpx.Request] = field(default_factory=list)

    async def place(self, *orders: Mapping[str, Any], **placement: Any) -> list[dict[str, Any]]:
        """Puts orders into the shop's books; returns the deliveries the shop would send of them."""
        answer = await self.control("_orders", {"orders": list(orders), "secret": SECRET, **placement})
        return answer.get("deliveries", [])

    async def stock(self, *levels: tuple[str, str, int]) -> None:
        """Counts SKUs at locations of the shop: (location, SKU, units)."""
        named = [{"location": location, "sku": sku, "on_hand": on_hand} for location, sku, on_hand in levels]
        await self.control("_stock", {"levels": named})

    async def products(self, *products: Mapping[str, Any]) -> list[int]:
        """Puts products into a WooCommerce shop; returns their ids."""
        return (await self.control("_products", {"products": list(products)}))["ids"]

    def books(self, kind: str) -> list[dict[str, Any]]:
        """What the shop remembers."""
        return self.app.state.books[self.channel.code].entries(kind)

    def fail(self, operation: str, mode: str, count: int = 1, **how: Any) -> None:
        """Plans a misbehaviour of the shop."""
        self.app.state.faults.plan(Fault(self.channel.code, operation, mode, count, **how))

    async def know(self, **things: Any) -> None:
        """Tells a BigCommerce store of products, customers and groups."""
        await self.control("_catalog", things)

    async def control(self, path: str, content: Mapping[str, Any]) -> Any:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://sandbox") as client:
            answer = await client.post(f"/{self.channel.code}/{path}", json=dict(content))
            assert answer.status_code == 201, answer.text
            return answer.json()


class Listening(httpx.ASGITransport):
    """The way to the stand-in, remembering what was asked."""

    def __init__(self, app: Any, heard: list[httpx.Request]) -> None:
        super().__init__(app)
        self._heard = heard

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._heard.append(request)
        return await super().handle_async_request(request)


@pytest.fixture
def shopify() -> Stand:
    app, heard = app_of("shopify"), []
    settings = ShopifySettings.load(VARIABLES)
    return Stand(ShopifyChannel(settings, admin_http(settings, Listening(app, heard))), app, heard)


@pytest.fixture
def woocommerce() -> Stand:
    app, heard = app_of("woocommerce"), []
    settings = WooCommerceSettings.load(VARIABLES)
    return Stand(WooCommerceChannel(settings, rest_http(settings, Listening(app, heard))), app, heard)


@pytest.fixture
def bigcommerce() -> Stand:
    app, heard = app_of("bigcommerce"), []
    settings = BigCommerceSettings.load(VARIABLES)
    return Stand(BigCommerceChannel(settings, store_http(settings, Listening(app, heard))), app, heard)
