"""Parcels that have a label, as notices speak of them."""

from pydantic import AwareDatetime

from orderflow.decision import PlannedLine
from orderflow.notices.wording import service_name, window
from orderflow.value import Value


class ShippedParcel(Value):
    """One labelled parcel of an order: number `number` of `parcel_count`. Where it left from is not said."""

    number: int = 1
    parcel_count: int = 1
    lines: tuple[PlannedLine, ...]
    carrier: str
    service: str = ""
    tracking_number: str
    tracking_url: str = ""
    promised_from: AwareDatetime | None = None
    promised_to: AwareDatetime | None = None

    @property
    def title(self) -> str:
        """The carrier and its service: "FedEx 2-Day"."""
        return service_name(self.carrier, self.service)


def delivery_window(first: AwareDatetime | None, last: AwareDatetime | None, timezone: str) -> str:
    """When something should arrive: "Jan 18–20"; "" while nobody knows."""
    known = [at for at in (first, last) if at]
    return window(known[0], known[-1], timezone) if known else ""
