"""Any shop with a REST API, described by a JSON file and no Python.

The file says where orders and stock are read, with which paging, and where in the shop's own JSON each field of an
order stands; see description.py for its words and `deployments/policy/custom_rest.json` for one that works. There may
be several shops, each with a name of its own.
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

import httpx

from connectors.channels.custom_rest import shipment, stock
from connectors.channels.custom_rest.client import every, shop_http
from connectors.channels.custom_rest.deliveries import OTHER_TOPIC, check_delivery, notice_of, order_id_in
from connectors.channels.custom_rest.description import TimeForm
from connectors.channels.custom_rest.mapping import orders_in
from connectors.channels.custom_rest.settings import CustomRestSettings
from connectors.described.filling import fill_path
from connectors.described.paths import pick
from connectors.errors import Refused, Unreadable
from connectors.plain_orders.document import PlainOrder
from connectors.protocols import Document, SalesChannel, ShipmentReport, WebhookNotice
from connectors.transport.http import HttpClient, json_of
from orderflow.inventory import StockLevel
from orderflow.order import Order


class CustomRestChannel(SalesChannel):
    """One described shop. What its description leaves out is not done: no shipments told, no stock set."""

    code: ClassVar[str] = "custom_rest"
    Settings = CustomRestSettings
    OrderDocument = PlainOrder

    def __init__(self, settings: CustomRestSettings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._shop = settings.description()
        self._secrets = settings.webhook_secrets
        self._source = settings.code
        self._http: HttpClient = shop_http(settings, self._shop.base_url, self._shop.access, transport)

    @classmethod
    def named(cls, name: str, stored: Mapping[str, str] | None = None) -> Self:
        """The shop of that name. Raises KeyError for what cannot be a name, NotConfigured for a missing setting."""
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,30}", name):
            raise KeyError(name)
        channel = cls(CustomRestSettings.of(name, stored))
        setattr(channel, "code", f"{cls.code}:{name}")  # noqa: B010 - the class's code, as this shop is called
        return channel

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Returns if the delivery is signed as described; raises SignatureRefused otherwise."""
        check_delivery(self._shop.webhook, self._secrets, headers, body)

    def notice(self, headers: Mapping[str, str], body: bytes) -> WebhookNotice:
        """What the delivery is about, by the described paths."""
        if self._shop.webhook is None:
            raise Unreadable("the description knows of no webhooks", field="webhook")
        return notice_of(self._shop.webhook, body)

    async def completed(self, topic: str, document: Any) -> Any:
        """The order of a delivery: the one it holds, or the one asked for by the id it holds."""
        webhook = self._shop.webhook
        if webhook is None or topic != "order":
            return document
        if webhook.order:
            return pick(document, webhook.order)
        return await self._one_order(order_id_in(webhook, document))

    def to_orders(self, topic: str, document: Any) -> tuple[Order, ...]:
        """The order of a document, by the map; () for deliveries about other things."""
        return () if topic == OTHER_TOPIC else orders_in(self._shop, document, self._source)

    async def changed_orders(self, since: datetime) -> AsyncIterator[Document]:
        """Every order the described list gives for {since}, in the shop's own order and shape."""
        call = self._shop.orders
        async for order in every(self._http, call, {"since": since_text(since, call.since_form)}):
            yield order

    async def report_shipment(self, report: ShipmentReport) -> str:
        """Tells the shop of the shipment once; returns its id of it, or our reference."""
        return await shipment.report_shipment(self._http, self._shop.shipment, report)

    async def stock_levels(self) -> tuple[StockLevel, ...]:
        """Every level the shop lists."""
        return await stock.stock_levels(self._http, self._shop.stock)

    async def set_available(self, levels: Sequence[StockLevel], *, key: str) -> int:
        """Sets what the shop promises, comparing before setting where it can."""
        return await stock.set_available(self._http, self._shop.stock, self._shop.set_stock, levels, key)

    async def _one_order(self, order_id: str) -> Any:
        one = self._shop.one_order
        if one is None:
            raise Unreadable("the description does not say how one order is asked for", field="one_order")
        try:
            response = await self._http.read("GET", fill_path(one.path, {"order_id": order_id}))
        except Refused as refusal:
            if refusal.code == "not_found":
                return None
            raise
        return pick(json_of(response), one.order)


def since_text(since: datetime, form: TimeForm) -> str:
    """The moment as the shop wants to be asked."""
    if form == "iso":
        return since.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return str(int(since.timestamp() * (1000 if form == "epoch_milliseconds" else 1)))
