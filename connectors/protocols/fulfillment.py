"""Fulfilment partners: warehouses, 3PLs and drop-shippers that pack and send what they are told to."""

from abc import abstractmethod
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from connectors.protocols.carrier import Capabilities, TrackedParcel
from connectors.protocols.connector import Connector
from orderflow.address import Address
from orderflow.inventory import StockLevel
from orderflow.money import Money
from orderflow.shipping.rate import ShippingSpeed
from orderflow.shipping.tracking import TrackingUpdate


class Stage(StrEnum):
    """How far a partner is with one shipment. The last three are ends."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    PICKED = "picked"
    PACKED = "packed"
    SHIPPED = "shipped"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


ENDS = frozenset({Stage.SHIPPED, Stage.REJECTED, Stage.CANCELLED})


@dataclass(frozen=True)
class PickLine:
    """One line of the pick list. `line_no` is ours and comes back where a partner speaks of lines."""

    line_no: int
    sku: str
    quantity: int
    title: str = ""
    variant: str = ""
    unit_price: Money | None = None


@dataclass(frozen=True)
class ShippingRequirements:
    """What must be done besides picking: how fast, wrapped how, labelled how, there when."""

    speed: ShippingSpeed = ShippingSpeed.STANDARD
    gift_wrap: bool = False
    services: tuple[str, ...] = ()
    label_format: str = "pdf"
    deliver_by: datetime | None = None


@dataclass(frozen=True)
class FulfillmentRequest:
    """One shipment to be packed and sent. `reference` is its id and stays the same on every attempt.

    `place` is the partner's own id of the building, "" where it has one or chooses itself.
    """

    reference: str
    order_number: str
    destination: Address = field(repr=False)
    lines: tuple[PickLine, ...]
    shipping: ShippingRequirements = ShippingRequirements()
    place: str = ""
    ordered_at: datetime | None = None
    email: str = field(default="", repr=False)


@dataclass(frozen=True)
class PartnerParcel:
    """The parcel a partner sent. `cost` is None where it is billed later."""

    carrier: str
    tracking_number: str
    service: str = ""
    tracking_url: str = ""
    cost: Money | None = None


@dataclass(frozen=True)
class PartnerOrder:
    """What a partner says of one shipment. `refused` are units it will not send, by SKU, while it sends the others."""

    provider_reference: str
    stage: Stage
    parcel: PartnerParcel | None = None
    refused: tuple[tuple[str, int], ...] = ()
    reason: str = ""


class FulfillmentPartner(Connector):
    """Somebody who packs and sends for us. The same verbs for all."""

    capabilities: Capabilities

    @abstractmethod
    async def request(self, request: FulfillmentRequest) -> PartnerOrder:
        """Hands one shipment over. Never retried inside: TryAgain and Refused mean not taken, OutcomeUnknown means ask.

        Where the partner knows the reference already, its order is returned and no second one is made.
        """

    @abstractmethod
    async def find_by_reference(self, reference: str) -> PartnerOrder | None:
        """The order made under this reference, None where the partner knows of none."""

    @abstractmethod
    async def status(self, provider_reference: str) -> PartnerOrder:
        """How far the partner is. Reading: may be repeated."""

    @abstractmethod
    async def cancel(self, provider_reference: str) -> bool:
        """Calls the order off; True if nothing will be sent, False where it is picked already. May be repeated."""

    @abstractmethod
    async def stock_levels(self) -> tuple[StockLevel, ...]:
        """On-hand counts as the partner has them; `location` is its own id of the place, "" where it keeps a sum."""

    async def check(self) -> str:
        """Asks for its counts; a partner that only reads mail is not asked."""
        return f"{len(await self.stock_levels())} stock levels" if self.capabilities.is_outside else ""

    async def track(self, parcel: TrackedParcel) -> TrackingUpdate | None:
        """Where a parcel it sent is; None while it knows nothing of it. Reading: may be repeated."""
        return None
