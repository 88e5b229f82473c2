"""Sales channels: where orders come from and availability goes to."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from connectors.protocols.document import Document
from orderflow.inventory import StockLevel
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


class SalesChannel(ABC):
    """Where orders come from and availability goes to."""

    code: ClassVar[str]

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

    @abstractmethod
    async def stock_levels(self) -> tuple[StockLevel, ...]:
        """On-hand counts as the channel has them; `location` is the channel's own id of the place."""

    @abstractmethod
    async def set_available(self, levels: Sequence[StockLevel], *, key: str) -> int:
        """Makes the channel promise exactly `available` units of each level; `key` makes a repeat harmless.

        Returns how many levels the channel accepted. A channel without locations sums them per SKU.
        """
