"""From order lines to the parcels a carrier takes."""

from collections.abc import Iterable

from orderflow.decision import PlannedShipment
from orderflow.order import Order, OrderLine
from orderflow.shipping.rate import Parcel


def weight_of(lines: Iterable[tuple[OrderLine, int]]) -> int | None:
    """The grams these units weigh together; None if the weight of any line is not known."""
    weights = [(line.weight_grams, units) for line, units in lines]
    if any(not grams for grams, _ in weights):
        return None
    return sum((grams or 0) * units for grams, units in weights)


def parcel_of(order: Order, shipment: PlannedShipment) -> Parcel | None:
    """The parcel of a planned shipment; None if the order does not say what its lines weigh."""
    lines = {line.line_no: line for line in order.lines}
    weight = weight_of((lines[planned.line_no], planned.quantity) for planned in shipment.lines)
    return Parcel(weight_grams=weight) if weight else None
