"""BigCommerce: thin webhooks, version 2 orders and shipments, version 3 stock per location."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

import httpx

from connectors.channels.bigcommerce import inventory, requests, shipment, subscriptions
from connectors.channels.bigcommerce.deliveries import ORDER_SCOPES, check_delivery, notice_of, order_id_in
from connectors.channels.bigcommerce.document import BigOrder
from connectors.channels.bigcommerce.mapping import SOURCE, orders_in
from connectors.channels.bigcommerce.orders import WholeOrders
from connectors.channels.bigcommerce.rest import BigRest, explain
from connectors.channels.bigcommerce.settings import BigCommerceSettings
from connectors.protocols import (
    ChannelLocation,
    Document,
    RefundRequest,
    SalesChannel,
    ShipmentReport,
    SubscriptionHealth,
    WebhookNotice,
)
from connectors.transport.http import HttpClient
from orderflow.inventory import StockLevel
from orderflow.order import Order


class BigCommerceChannel(SalesChannel):
    """One BigCommerce store. Its webhooks hold ids only, so every order is asked for when it is taken in.

    Units cannot be taken out of an order safely: version 2 prices the order anew when its products change.
    """

    code: ClassVar[str] = SOURCE
    Settings = BigCommerceSettings
    OrderDocument = BigOrder

    def __init__(self, settings: BigCommerceSettings, http: HttpClient | None = None) -> None:
        self._settings = settings
        self._http = http or store_http(settings)
        self._rest = BigRest(self._http)
        self._whole = WholeOrders(self._rest)

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Returns if the client secret signed the delivery not long ago; raises SignatureRefused otherwise."""
        check_delivery(self._settings.secrets, headers, body)

    def notice(self, headers: Mapping[str, str], body: bytes) -> WebhookNotice:
        """What the delivery is about; equal for one event told twice."""
        return notice_of(body)

    async def completed(self, topic: str, document: Any) -> Any:
        """The order a webhook is about, as it is now; other documents as they are."""
        order_id = order_id_in(document) if topic.startswith(ORDER_SCOPES) else ""
        return await self._whole.fetch(order_id) if order_id else document

    def to_orders(self, topic: str, document: Any) -> tuple[Order, ...]:
        """The order of a completed document; () for what is none."""
        return orders_in(topic, document)

    async def changed_orders(self, since: datetime) -> AsyncIterator[Document]:
        """Orders by their last change, oldest first, each whole."""
        async for order in self._rest.changed_orders(since):
            yield await self._whole.complete(order)

    async def report_shipment(self, report: ShipmentReport) -> str:
        """Creates the shipment once; returns its id."""
        return await shipment.report_shipment(self._rest, report)

    async def locations(self) -> tuple[ChannelLocation, ...]:
        """The store's locations."""
        return await inventory.locations(self._rest)

    async def stock_levels(self) -> tuple[StockLevel, ...]:
        """What is on hand per SKU and location."""
        return await inventory.stock_levels(self._rest)

    async def set_available(self, levels: Sequence[StockLevel], *, key: str) -> int:
        """Changes what each location promises by the difference to what was read, so `key` is not needed."""
        return await inventory.set_available(self._rest, levels)

    async def cancel_order(self, order_external_id: str, reason: str) -> bool:
        """Gives the order the status "cancelled"."""
        return await requests.cancel_order(self._rest, order_external_id)

    async def request_refund(self, request: RefundRequest) -> str:
        """Asks for the refund in the order's staff notes, once."""
        return await requests.request_refund(self._rest, request)

    async def mend_subscriptions(self, address: str) -> SubscriptionHealth:
        """Creates the webhooks that are missing and switches on those that were switched off."""
        return await subscriptions.mend_subscriptions(self._rest, address)


def store_http(settings: BigCommerceSettings, transport: httpx.AsyncBaseTransport | None = None) -> HttpClient:
    """The connection to the store's API. Without the header version 2 may answer in XML."""
    headers = {"X-Auth-Token": settings.access_token.get_secret_value(), "Accept": "application/json"}
    return HttpClient("bigcommerce", settings.store_url, headers=headers, explain=explain, transport=transport)
