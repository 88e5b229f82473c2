"""What a customer may be told before an order leaves: in how many shipments it comes, and when each arrives."""

from orderflow.address import Address
from orderflow.decision import PlannedShipment, SourcingPlan
from orderflow.shipping.promise import DeliveryWindow, window_words
from orderflow.value import Value


class PreviewedShipment(Value):
    """One shipment of a preview: its units by SKU, and its promised days ("Mar 12–14"), empty where not known."""

    number: int
    location: str
    units: dict[str, int]
    expected: str


class SplitPreview(Value):
    """How many shipments an order comes in, each with its days, and how many units wait for stock."""

    count: int
    shipments: tuple[PreviewedShipment, ...]
    waiting_units: int

    @property
    def is_split(self) -> bool:
        """Whether there is something to warn of: more than one shipment, or units that come later."""
        return self.count > 1 or (self.count > 0 and self.waiting_units > 0)


def split_preview(plan: SourcingPlan, destination: Address) -> SplitPreview:
    """The preview of a plan; days are by the calendar of the destination."""
    return SplitPreview(
        count=len(plan.shipments),
        shipments=tuple(_previewed(shipment, destination) for shipment in plan.shipments),
        waiting_units=sum(line.quantity for line in plan.backordered),
    )


def _previewed(shipment: PlannedShipment, destination: Address) -> PreviewedShipment:
    units: dict[str, int] = {}
    for line in shipment.lines:
        units[line.sku] = units.get(line.sku, 0) + line.quantity
    starts, ends = shipment.promised_from, shipment.promised_to
    expected = window_words(DeliveryWindow(starts, ends), destination) if starts and ends else ""
    return PreviewedShipment(number=shipment.number, location=shipment.location, units=units, expected=expected)
