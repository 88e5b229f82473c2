"""How the shop's own work went: how busy its locations were, how right its parcels, how content its customers."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from orderflow.value import Value

_TENTH, _HUNDREDTH = Decimal("0.1"), Decimal("0.01")


class LocationLoad(Value):
    """What one location had to do. `capacity_per_day` are orders; None where nobody said."""

    location: str
    orders: int
    working_days: int
    capacity_per_day: int | None = None


class StockFigures(Value):
    """Units: those that were shipped, and those on hand before and after."""

    shipped: int
    on_hand_before: int
    on_hand_after: int


class OperationFigures(Value):
    """A figure is None where there is nothing to divide by.

    utilisation_percent, by location: its orders ÷ (its working days × its capacity of orders a day).
    accuracy_percent: parcels without a claim of a wrong item, quantity or address ÷ parcels.
    satisfaction: the average of the scores customers gave, from 1 to 5; `scores` is how many there are.
    turnover: units shipped ÷ the average of the units on hand before and after.
    """

    utilisation_percent: dict[str, Decimal | None]
    accuracy_percent: Decimal | None
    satisfaction: Decimal | None
    scores: int
    turnover: Decimal | None


def operation_figures(
    loads: Sequence[LocationLoad], *, parcels: int, wrong_parcels: int, scores: Sequence[int], stock: StockFigures
) -> OperationFigures:
    """The figures of these loads, parcels, scores and units."""
    average_on_hand = Decimal(stock.on_hand_before + stock.on_hand_after) / 2
    return OperationFigures(
        utilisation_percent={load.location: _utilisation(load) for load in loads},
        accuracy_percent=_ratio(100 * (parcels - wrong_parcels), parcels, _TENTH),
        satisfaction=_ratio(sum(scores), len(scores), _HUNDREDTH),
        scores=len(scores),
        turnover=_ratio(stock.shipped, average_on_hand, _HUNDREDTH),
    )


def _utilisation(load: LocationLoad) -> Decimal | None:
    return _ratio(100 * load.orders, load.working_days * (load.capacity_per_day or 0), _TENTH)


def _ratio(part: Decimal | int, whole: Decimal | int, step: Decimal) -> Decimal | None:
    return (Decimal(part) / Decimal(whole)).quantize(step, ROUND_HALF_UP) if whole > 0 else None
