"""WooCommerce: orders by webhook and, as the truth, by pull; shipments as meta fields; stock without locations."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

import httpx

from connectors.channels.woocommerce import changes, shipment, stock, subscriptions
from connectors.channels.woocommerce.deliveries import check_delivery, notice_of
from connectors.channels.woocommerce.document import WooOrder
from connectors.channels.woocommerce.mapping import SOURCE, orders_in
from connectors.channels.woocommerce.rest import WooRest, explain
from connectors.channels.woocommerce.settings import WooCommerceSettings
from connectors.protocols import (
    Document,
    LineCancellation,
    RefundRequest,
    SalesChannel,
    ShipmentReport,
    SubscriptionHealth,
    WebhookNotice,
)
from connectors.transport.http import HttpClient
from orderflow.inventory import StockLevel
from orderflow.order import Order


class WooCommerceChannel(SalesChannel):
    """One WooCommerce shop. It never redelivers a webhook, so the pull is the real intake."""

    code: ClassVar[str] = SOURCE
    Settings = WooCommerceSettings
    OrderDocument = WooOrder

    def __init__(self, settings: WooCommerceSettings, http: HttpClient | None = None) -> None:
        self._settings = settings
        self._http = http or rest_http(settings)
        self._rest = WooRest(self._http)

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Returns if the webhook's secret signed the raw body, or if it is the unsigned ping of a new webhook."""
        check_delivery(self._settings.webhook_secrets, headers, body)

    def notice(self, headers: Mapping[str, str], body: bytes) -> WebhookNotice | None:
        """What the delivery is about; None for the ping."""
        return notice_of(headers, body)

    def to_orders(self, topic: str, document: Any) -> tuple[Order, ...]:
        """The order of a webhook or of the REST API; () for what is none."""
        return orders_in(topic, document)

    async def changed_orders(self, since: datetime) -> AsyncIterator[Document]:
        """Orders by their last change, oldest first."""
        async for order in self._rest.changed("orders", since):
            yield order

    async def report_shipment(self, report: ShipmentReport) -> str:
        """Writes the tracking into the order once, and completes it when all is shipped; returns our reference."""
        return await shipment.report_shipment(self._rest, report)

    async def cancel_order(self, order_external_id: str, reason: str) -> bool:
        """Gives the order the status "cancelled"."""
        return await changes.cancel_order(self._rest, order_external_id)

    async def cancel_lines(self, cancellation: LineCancellation) -> None:
        """Changes the order's lines to the units that remain."""
        await changes.cancel_lines(self._rest, cancellation)

    async def request_refund(self, request: RefundRequest) -> str:
        """Asks for the refund in a private note of the order, once."""
        return await changes.request_refund(self._rest, request)

    async def mend_subscriptions(self, address: str) -> SubscriptionHealth:
        """Creates the webhooks that are missing and activates those that were disabled."""
        return await subscriptions.mend_subscriptions(self._rest, address, self._settings.webhook_secrets)

    async def stock_levels(self) -> tuple[StockLevel, ...]:
        """What is left to sell per SKU; with locations only where the ATUM plug-in keeps some."""
        return await stock.stock_levels(self._rest)

    async def set_available(self, levels: Sequence[StockLevel], *, key: str) -> int:
        """Sets each SKU to the sum over our locations; absolute, so `key` is not needed."""
        return await stock.set_available(self._rest, levels)


def rest_http(settings: WooCommerceSettings, transport: httpx.AsyncBaseTransport | None = None) -> HttpClient:
    """The connection to the shop's REST API."""
    keys = (settings.consumer_key.get_secret_value(), settings.consumer_secret.get_secret_value())
    return HttpClient("woocommerce", settings.api_url, auth=keys, explain=explain, transport=transport)
