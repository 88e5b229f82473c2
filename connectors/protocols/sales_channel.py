"""Sales channels: where orders come from and availability goes to.

A stock source keeps counts only; a sales channel is a stock source that also sells.
"""

from abc import abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from connectors.errors import Refused
from connectors.protocols.connector import Connector
from connectors.protocols.document import Document
from orderflow.inventory import StockLevel
from orderflow.money import Money
from orderflow.order import Order


@dataclass(frozen=True)
class WebhookNotice:
    """What a verified delivery says before anybody reads its body: enough to store it once.

    `dedup_key` is equal for two deliveries of the same event and differs for two events.
    `external_id` is the order's id as text ("" where the topic is not about an order).
    """

    topic: str
    dedup_key: str
    external_id: str = ""
    occurred_at: datetime | None = None


@dataclass(frozen=True)
class ShipmentReport:
    """What a channel is told when a parcel has its label. `lines` are (the channel's line id, units)."""

    order_external_id: str
    shipment_reference: str
    carrier: str
    tracking_number: str
    tracking_url: str
    location_id: str
    lines: tuple[tuple[str, int], ...]
    notify_customer: bool = False


@dataclass(frozen=True)
class LineCancellation:
    """Units a customer no longer wants. `lines` are (the channel's line id, units that remain); it may be repeated."""

    order_external_id: str
    reference: str
    lines: tuple[tuple[str, int], ...]
    reason: str = ""


@dataclass(frozen=True)
class RefundRequest:
    """Money somebody in the shop is asked to give back. `lines` are (the channel's line id, units it is for)."""

    order_external_id: str
    reference: str
    amount: Money
    lines: tuple[tuple[str, int], ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class ChannelLocation:
    """A place the channel keeps stock at; its `id` is what a stock location's `channel_ids` hold."""

    id: str
    name: str
    active: bool = True


@dataclass(frozen=True)
class SubscriptionHealth:
    """The webhooks of one shop: how many were alive, and the topics that had to be subscribed or switched on again."""

    alive: int = 0
    mended: tuple[str, ...] = ()


class StockSource(Connector):
    """Where counts come from and availability goes to."""

    @abstractmethod
    async def stock_levels(self) -> tuple[StockLevel, ...]:
        """On-hand counts as the source has them; `location` is the source's own id of the place."""

    @abstractmethod
    async def set_available(self, levels: Sequence[StockLevel], *, key: str) -> int:
        """Makes the source promise exactly `available` units of each level; `key` makes a repeat harmless.

        Returns how many levels the source accepted. A source without locations sums them per SKU.
        """

    async def locations(self) -> tuple[ChannelLocation, ...]:
        """The places the source keeps stock at; () for one that knows no places."""
        return ()

    async def check(self) -> str:
        """Asks for the places, or for the counts of a source that knows no places."""
        places = await self.locations()
        return f"{len(places)} locations" if places else f"{len(await self.stock_levels())} stock levels"


class SalesChannel(StockSource):
    """A stock source that sells: orders come from it, and it is told what became of them.

    `has_webhooks` is whether it can post what happened, instead of only being asked.
    """

    has_webhooks: ClassVar[bool] = True

    @abstractmethod
    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Returns if the delivery is genuine; raises SignatureRefused otherwise. Header names arrive in lower case."""

    @abstractmethod
    def notice(self, headers: Mapping[str, str], body: bytes) -> WebhookNotice | None:
        """What the delivery is about; None for one that asks for nothing (a ping). Raises Unreadable."""

    @abstractmethod
    def to_orders(self, topic: str, document: Any) -> tuple[Order, ...]:
        """The orders a webhook or pulled document holds; () for a topic that carries none. Raises Unreadable."""

    @abstractmethod
    def changed_orders(self, since: datetime) -> AsyncIterator[Document]:
        """Every order changed at or after `since`, oldest change first, as documents `to_orders` reads."""

    @abstractmethod
    async def report_shipment(self, report: ShipmentReport) -> str:
        """Tells the channel of a shipment once, even if called twice; returns the channel's id of it."""

    async def completed(self, topic: str, document: Any) -> Any:
        """The document with what the webhook left out, asked for once more. By default nothing is left out.

        Raises TryAgain or OutcomeUnknown where the channel cannot be asked now.
        """
        return document

    async def check(self) -> str:
        """Asks for the orders that changed in this moment, of which there is hardly ever one."""
        await anext(self.changed_orders(datetime.now(UTC)), None)
        return "orders can be read"

    async def cancel_order(self, order_external_id: str, reason: str) -> bool:
        """Cancels the order in the channel, giving no money back; False where it was cancelled before."""
        raise self._unable("cancel orders")

    async def cancel_lines(self, cancellation: LineCancellation) -> None:
        """Takes units out of an order that are not sent yet; gives no money back. Repeating changes nothing."""
        raise self._unable("take units out of an order")

    async def request_refund(self, request: RefundRequest) -> str:
        """Asks a person in the shop for a refund, once per reference; returns the request's id. Never moves money."""
        raise self._unable("take requests for refunds")

    async def mend_subscriptions(self, address: str) -> SubscriptionHealth:
        """Makes sure that every webhook we live by is delivered to this address. By default there are none."""
        return SubscriptionHealth()

    def _unable(self, what: str) -> Refused:
        return Refused(f"{self.code} cannot {what} by its API: do it in the shop itself", code="not_supported")
