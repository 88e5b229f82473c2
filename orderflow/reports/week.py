"""The figures of a week, each with its formula said."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from pydantic import AwareDatetime

from orderflow.money import Money
from orderflow.value import Value

# Share of orders that should go through without a person: 70–80 % (the other 20–30 % deserve a look).
AUTOMATIC_BAND_PERCENT = (70, 80)


class OrderFigures(Value):
    """What a report needs to know of one order. `touched` says whether a person had to decide something."""

    number: str
    status: str
    paid_at: AwareDatetime
    fulfilled_at: AwareDatetime | None = None
    shipments: int = 0
    touched: bool = False
    backordered: bool = False


class ShipmentFigures(Value):
    """What a report needs to know of one labelled shipment."""

    carrier: str
    service: str
    location: str
    cost: Money


class CarrierFigures(Value):
    """One carrier's row: labels bought, what they cost together and on average."""

    carrier: str
    labels: int
    cost: Money
    average_cost: Money


class WeeklyFigures(Value):
    """The week in figures; a figure is None where there is nothing to divide by.

    average_fulfillment: time from paid to the last label, over the orders that were fulfilled.
    automatic_percent: orders that no person touched ÷ orders; in_band compares it with 70–80 %.
    split_percent: fulfilled orders with more than one shipment ÷ fulfilled orders.
    """

    orders: int
    fulfilled: int
    average_fulfillment: timedelta | None
    automatic_percent: float | None
    in_band: bool | None
    split_percent: float | None
    backordered: int
    holds_by_reason: dict[str, int]
    carriers: tuple[CarrierFigures, ...]
    shipments_by_location: dict[str, int]


def weekly_figures(
    orders: Sequence[OrderFigures], shipments: Sequence[ShipmentFigures], holds_by_reason: dict[str, int]
) -> WeeklyFigures:
    """The figures of these orders and shipments; shipments in several currencies give a row per currency."""
    fulfilled = [order for order in orders if order.fulfilled_at]
    automatic = _percent(sum(not order.touched for order in orders), len(orders))
    low, high = AUTOMATIC_BAND_PERCENT
    return WeeklyFigures(
        orders=len(orders),
        fulfilled=len(fulfilled),
        average_fulfillment=_average([o.fulfilled_at - o.paid_at for o in fulfilled if o.fulfilled_at]),
        automatic_percent=automatic,
        in_band=None if automatic is None else low <= automatic <= high,
        split_percent=_percent(sum(order.shipments > 1 for order in fulfilled), len(fulfilled)),
        backordered=sum(order.backordered for order in orders),
        holds_by_reason=dict(sorted(holds_by_reason.items())),
        carriers=_carriers(shipments),
        shipments_by_location=_by_location(shipments),
    )


def _carriers(shipments: Sequence[ShipmentFigures]) -> tuple[CarrierFigures, ...]:
    costs: dict[tuple[str, str], list[Money]] = defaultdict(list)
    for shipment in shipments:
        costs[shipment.carrier, shipment.cost.currency].append(shipment.cost)
    return tuple(_carrier(carrier, of) for (carrier, _), of in sorted(costs.items()))


def _carrier(carrier: str, costs: Sequence[Money]) -> CarrierFigures:
    total = sum(costs[1:], start=costs[0])
    average = Money.of(total.amount / len(costs), total.currency)
    return CarrierFigures(carrier=carrier, labels=len(costs), cost=total, average_cost=average)


def _by_location(shipments: Sequence[ShipmentFigures]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for shipment in shipments:
        counts[shipment.location] += 1
    return dict(sorted(counts.items()))


def _average(durations: Sequence[timedelta]) -> timedelta | None:
    return sum(durations, timedelta()) / len(durations) if durations else None


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None
