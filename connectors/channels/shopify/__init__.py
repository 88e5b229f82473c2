"""Shopify: orders by webhook and by pull, fulfillments, stock per location. GraphQL only; the REST API is legacy.

Ids of orders and lines are kept as the number alone, as text; locations keep their global id, which is also what a
stock location's `channel_ids` hold ("gid://shopify/Location/655441491").
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar

import httpx

from connectors.channels.shopify import changes, fulfillment, inventory, privacy, subscriptions
from connectors.channels.shopify.customers import MOST_AT_ONCE as MOST_CUSTOMERS
from connectors.channels.shopify.customers import known_customers, unknown_customer
from connectors.channels.shopify.deliveries import check_delivery, notice_of
from connectors.channels.shopify.document import ShopifyOrder
from connectors.channels.shopify.global_id import tail
from connectors.channels.shopify.graph import AdminGraph, explain
from connectors.channels.shopify.mapping import SOURCE, orders_in
from connectors.channels.shopify.settings import ShopifySettings
from connectors.channels.shopify.standing import MOST_AT_ONCE as MOST_ORDERS
from connectors.channels.shopify.standing import standings
from connectors.protocols import (
    ChannelLocation,
    Document,
    LineCancellation,
    RefundRequest,
    SalesChannel,
    ShipmentReport,
    SubscriptionHealth,
    WebhookNotice,
)
from connectors.protocols.privacy import PrivacyMessenger, PrivacyRequest
from connectors.transport.http import HttpClient
from connectors.transport.together import Together
from orderflow.inventory import StockLevel
from orderflow.order import Order


class ShopifyChannel(SalesChannel, PrivacyMessenger):
    """One Shopify shop."""

    code: ClassVar[str] = SOURCE
    Settings = ShopifySettings
    OrderDocument = ShopifyOrder

    def __init__(self, settings: ShopifySettings, http: HttpClient | None = None) -> None:
        self._settings = settings
        self._http = http or admin_http(settings)
        self._graph = AdminGraph(self._http)
        self._customers = Together(partial(known_customers, self._graph), most=MOST_CUSTOMERS)
        self._standings = Together(partial(standings, self._graph), most=MOST_ORDERS)

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Returns if the app's client secret signed the raw body; raises SignatureRefused otherwise."""
        check_delivery(self._settings.webhook_secrets, headers, body)

    def notice(self, headers: Mapping[str, str], body: bytes) -> WebhookNotice:
        """What the delivery is about; equal for a repeated event, by Shopify's event id where it sends one."""
        return notice_of(headers, body)

    def to_orders(self, topic: str, document: Any) -> tuple[Order, ...]:
        """The orders of a webhook, of a REST answer or of a pulled node; () for topics without one."""
        return orders_in(topic, document)

    def privacy_request(self, topic: str, document: Any) -> PrivacyRequest | None:
        """What one of the three mandatory topics asks for."""
        return privacy.privacy_request(topic, document)

    async def changed_orders(self, since: datetime) -> AsyncIterator[Document]:
        """Orders by their last change, oldest first, each with all its lines."""
        query = f"updated_at:>='{since.astimezone(UTC).isoformat(timespec='seconds')}'"
        async for order in self._graph.pages("ChangedOrders", "orders", query=query):
            yield await self._whole(order)

    async def report_shipment(self, report: ShipmentReport) -> str:
        """Creates a fulfillment with the tracking number, once; returns its id."""
        standing = await self._standings.get(tail(report.order_external_id))
        return await fulfillment.report_shipment(self._graph, report, standing)

    async def completed(self, topic: str, document: Any) -> Any:
        """The order with its customer's tags: webhooks leave them out since API 2025-01."""
        customer_id = unknown_customer(topic, document)
        if not customer_id:
            return document
        known = await self._customers.get(customer_id) or {"tags": [], "orders_count": 0}
        return {**document, "customer": {**document["customer"], **known}}

    async def cancel_order(self, order_external_id: str, reason: str) -> bool:
        """Has the order cancelled without a refund."""
        return await changes.cancel_order(self._graph, order_external_id, reason)

    async def cancel_lines(self, cancellation: LineCancellation) -> None:
        """Edits the order down to the units that remain; Shopify reckons its total anew."""
        await changes.cancel_lines(self._graph, cancellation)

    async def request_refund(self, request: RefundRequest) -> str:
        """Marks the order for a refund, which a person in the shop gives."""
        return await changes.request_refund(self._graph, request)

    async def mend_subscriptions(self, address: str) -> SubscriptionHealth:
        """Subscribes again to the topics Shopify stopped delivering."""
        return await subscriptions.mend_subscriptions(self._graph, address)

    async def locations(self) -> tuple[ChannelLocation, ...]:
        """The shop's locations."""
        return await inventory.locations(self._graph)

    async def stock_levels(self) -> tuple[StockLevel, ...]:
        """What is on hand per SKU and location; `available` of a level is what the shop promises."""
        return await inventory.stock_levels(self._graph)

    async def set_available(self, levels: Sequence[StockLevel], *, key: str) -> int:
        """Sets the units each location promises, comparing before setting."""
        return await inventory.set_available(self._graph, levels, key=key, app=self._settings.api_key)

    async def _whole(self, order: Document) -> Document:
        page = order["lineItems"]["pageInfo"]
        if not page["hasNextPage"]:
            return order
        lines = [line async for line in self._graph.pages("OrderLines", "order", "lineItems", id=order["id"])]
        return {**order, "lineItems": {"nodes": lines}}


def admin_http(settings: ShopifySettings, transport: httpx.AsyncBaseTransport | None = None) -> HttpClient:
    """The connection to the shop's Admin API."""
    token = settings.api_password.get_secret_value()
    headers = {"X-Shopify-Access-Token": token}
    return HttpClient("shopify", settings.admin_url, headers=headers, explain=explain, transport=transport)
