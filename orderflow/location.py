"""The places orders ship from."""

from datetime import time
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from orderflow.address import Address
from orderflow.shipping.label_format import LabelFormat
from orderflow.value import Value


class LocationKind(StrEnum):
    """Who packs the parcel."""

    WAREHOUSE = "warehouse"
    THIRD_PARTY = "3pl"
    DROP_SHIP = "dropship"


LabelRecipient = Annotated[
    str, Field(pattern=r"^(email:[^@\s]+@[^@\s]+|printer:raw://[\w.:\[\]-]+|printer:ipps?://[\w.:\[\]-]+/\S+)$")
]


class Partner(Value):
    """Who packs and sends for a location instead of our own people.

    `code` is a fulfilment connector ("shipbob"), with a name behind a colon where there may be several of it. A
    shipment nobody confirmed within `confirm_within_hours` is shown to a person.
    """

    code: str = Field(pattern=r"^[a-z0-9_]+(:[a-z0-9_]+)?$")
    confirm_within_hours: float = Field(default=24, gt=0)


class StockLocation(Value):
    """A warehouse, 3PL or drop-shipper. Times are local to `timezone`; `pickup_days` are ISO weekdays, Monday is 1.

    `labels_to` is where finished labels go by themselves: mailboxes of the team ("email:dock@example.com") and printers
    ("printer:raw://10.0.0.7:9100", "printer:ipp://print.example.com/printers/zebra"). `label_format` is what its
    printers take; None for the shop's own. Where there is a `partner`, shipments are handed over to it and it labels
    them itself.
    """

    code: str = Field(pattern=r"^[a-z0-9_]+$")
    name: str = ""
    kind: LocationKind = LocationKind.WAREHOUSE
    address: Address
    timezone: str = "UTC"
    cutoff: time = time(14, 0)
    handling_days: int = Field(default=0, ge=0)
    pickup_days: tuple[int, ...] = (1, 2, 3, 4, 5)
    holidays: tuple[str, ...] = ()
    capacity_per_day: int | None = Field(default=None, ge=0)
    ships_international: bool = False
    channel_ids: dict[str, str] = {}
    label_format: LabelFormat | None = None
    labels_to: tuple[LabelRecipient, ...] = ()
    partner: Partner | None = None

    @property
    def title(self) -> str:
        """What people call it."""
        return self.name or self.code
