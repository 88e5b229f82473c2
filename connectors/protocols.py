"""The kinds of connectors, on one page. One module in a kind's folder is one connector, found by discovery.

Every class has a `code` (its name in configuration and tables), a `Settings` class of its own that reads its
environment variables, and is built as `Connector(settings, http)`. Calls are coroutines; mapping is pure.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from orderflow.address import Address
from orderflow.inventory import StockLevel
from orderflow.money import Money
from orderflow.order import Order
from orderflow.shipping.rate import Parcel, Rate, ShippingSpeed

Document = Mapping[str, Any]


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


@dataclass(frozen=True)
class Capabilities:
    """How a carrier behaves after an unknown answer to a purchase; see effects.py for the policy on it."""

    unique_reference: bool
    find_by_reference: bool
    orphan_is_billed: bool = True
    max_commit_delay_seconds: int = 120


@dataclass(frozen=True)
class ShipmentRequest:
    """A parcel to be rated or labelled. `reference` is the shipment's id and stays the same on every attempt.

    `location_ids` are the origin's ids at other services, by their code: ShipStation has a warehouse of its own for it.
    """

    reference: str
    origin: Address
    destination: Address
    parcel: Parcel
    speed: ShippingSpeed = ShippingSpeed.STANDARD
    currency: str = "USD"
    value: Money | None = None
    order_number: str = ""
    services: tuple[str, ...] = ()
    location_ids: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Label:
    """A bought label. `provider_reference` is the seller's id of the purchase, `document` the file itself.

    A seller that shows a label again without its price leaves `cost` at zero and says that it is not known.
    """

    provider: str
    provider_reference: str
    carrier: str
    service: str
    tracking_number: str
    cost: Money
    document: bytes = b""
    media_type: str = "application/pdf"
    document_url: str = ""
    tracking_url: str = ""
    cost_is_known: bool = True


class Carrier(ABC):
    """Somebody labels are bought from: a carrier or a label platform. The same four verbs for all."""

    code: ClassVar[str]
    capabilities: Capabilities

    @abstractmethod
    async def rate(self, request: ShipmentRequest) -> tuple[Rate, ...]:
        """Every offer for this parcel, cheapest first; () where none. Reading: may be repeated."""

    @abstractmethod
    async def buy(self, request: ShipmentRequest, rate: Rate) -> Label:
        """Buys one label. Never retried inside: TryAgain and Refused mean not bought, OutcomeUnknown means ask."""

    @abstractmethod
    async def find_by_reference(self, reference: str) -> Label | None:
        """The label bought under this reference that is not void, or None where the carrier knows of none."""

    @abstractmethod
    async def void(self, provider_reference: str) -> bool:
        """Cancels a label; True if it is void now, False if the carrier refuses."""


@dataclass(frozen=True)
class Message:
    """Something to say. `recipient` is a channel name, an address, a number or an endpoint, by the notifier's kind.

    `key` is unique per message and travels with it where the service has a place for it.
    `data` is what structured notifiers send (Block Kit blocks, a webhook's body); `text` is always readable alone.
    """

    key: str
    recipient: str
    subject: str
    text: str
    html: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    attachments: tuple[tuple[str, str, bytes], ...] = ()


class Notifier(ABC):
    """A way to tell people. `repeat_is_harmless` says whether a message of unknown fate may be sent again."""

    code: ClassVar[str]
    repeat_is_harmless: ClassVar[bool] = False

    @abstractmethod
    async def send(self, message: Message) -> str:
        """Sends once; returns the service's id of the message. Raises TryAgain, Refused or OutcomeUnknown."""


class ReportSink(ABC):
    """Where tables for people go: a sheet, a file."""

    code: ClassVar[str]

    @abstractmethod
    async def upsert(self, table: str, key_column: str, columns: Sequence[str], rows: Sequence[Document]) -> int:
        """Writes each row under its key, replacing an older one; returns how many rows were written."""
