"""Carriers and label platforms: who parcels are rated by and labels are bought from."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from connectors.labels.file_kind import media_type_of
from connectors.protocols.connector import Connector
from orderflow.address import Address
from orderflow.money import Money
from orderflow.shipping.customs import CustomsDeclaration
from orderflow.shipping.label_format import LabelFormat
from orderflow.shipping.rate import Parcel, Rate, ShippingSpeed
from orderflow.shipping.tracking import TrackingUpdate


@dataclass(frozen=True)
class Capabilities:
    """How a carrier behaves after an unknown answer to a purchase; see effects.py for the policy on it.

    `is_outside` is whether somebody else's account is asked, with a budget of calls; `tracks` whether it can be asked
    where a parcel is.
    """

    unique_reference: bool
    find_by_reference: bool
    orphan_is_billed: bool = True
    max_commit_delay_seconds: int = 120
    is_outside: bool = True
    tracks: bool = True


@dataclass(frozen=True)
class ShipmentRequest:
    """A parcel to be rated or labelled. `reference` is the shipment's id and stays the same on every attempt.

    `location_ids` are the origin's ids at other services, by their code: ShipStation has a warehouse of its own for it.
    `customs` is what is in the parcel, for carriers to declare where it leaves a country. `label_format` is a wish: a
    carrier that does not have it gives a PDF, and the label says what it is.
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
    customs: CustomsDeclaration | None = None
    label_format: LabelFormat = LabelFormat.PDF


@dataclass(frozen=True)
class TrackedParcel:
    """A parcel somebody asks about: its number, the seller's id of its label, and who drives the van."""

    tracking_number: str
    provider_reference: str
    carrier: str


# A tracking number of the form every carrier reads, of no parcel.
NOBODYS_PARCEL = TrackedParcel("1Z00000000000000", "orderflow-check", "usps")


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
    document_url: str = ""
    tracking_url: str = ""
    cost_is_known: bool = True

    @property
    def media_type(self) -> str:
        """What the file is, told by the file itself; "" where there is none or it is no label."""
        return media_type_of(self.document)


class Carrier(Connector):
    """Somebody labels are bought from: a carrier or a label platform. The same verbs for all."""

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

    async def find_since(self, reference: str, since: datetime) -> Label | None:
        """The same for a purchase not begun before `since`: a carrier that must list its sales reads less of them."""
        return await self.find_by_reference(reference)

    @abstractmethod
    async def void(self, provider_reference: str) -> bool:
        """Cancels a label; True if it is void now, False if the carrier refuses."""

    async def track(self, parcel: TrackedParcel) -> TrackingUpdate | None:
        """Where the parcel is; None while the carrier knows nothing of it. Reading: may be repeated."""
        return None

    async def check(self) -> str:
        """Asks where a parcel is that nobody sent; carriers that follow no parcels are not asked."""
        if not self.capabilities.tracks:
            return ""
        await self.track(NOBODYS_PARCEL)
        return "parcels can be followed"
