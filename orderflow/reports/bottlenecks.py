"""Where orders spend their time: how long they stayed in each stage, and which stage holds them up."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal

from orderflow.lifecycle import OrderStatus
from orderflow.value import Value

# Beyond these the shop has nothing left to do: the carrier has the parcel, or the order is over.
_NOT_OURS = frozenset(
    [OrderStatus.FULFILLED, OrderStatus.DELIVERED, OrderStatus.CANCELLED, OrderStatus.REFUNDED, OrderStatus.PENDING]
)

_UNIT = timedelta(milliseconds=1)


class Stay(Value):
    """One order's time in one stage; `is_over` says whether it went on."""

    order_id: str
    status: OrderStatus
    duration: timedelta
    is_over: bool = True


class StageFigures(Value):
    """One stage. `share_percent` is its part of all the time orders spent with us; `waiting` are in it still.

    `percentile_90` is the shortest time that nine in ten stays do not exceed (nearest rank).
    """

    status: OrderStatus
    stays: int
    waiting: int
    average: timedelta
    percentile_90: timedelta
    longest: timedelta
    share_percent: Decimal


def stage_figures(stays: Iterable[Stay]) -> tuple[StageFigures, ...]:
    """Every stage that is ours, the one that takes most of the time first: that is the bottleneck."""
    by_status: dict[OrderStatus, list[Stay]] = defaultdict(list)
    for stay in stays:
        if stay.status not in _NOT_OURS:
            by_status[stay.status].append(stay)
    whole = sum((stay.duration for mine in by_status.values() for stay in mine), timedelta())
    figures = [_figures(status, mine, whole) for status, mine in by_status.items()]
    return tuple(sorted(figures, key=lambda stage: (-stage.share_percent, stage.status)))


def _figures(status: OrderStatus, stays: Sequence[Stay], whole: timedelta) -> StageFigures:
    durations = sorted(stay.duration for stay in stays)
    total = sum(durations, timedelta())
    share = (
        Decimal(100) * Decimal(total // timedelta(milliseconds=1)) / Decimal(whole // timedelta(milliseconds=1) or 1)
    )
    return StageFigures(
        status=status,
        stays=len(stays),
        waiting=sum(not stay.is_over for stay in stays),
        average=total / len(durations),
        percentile_90=durations[-(-9 * len(durations) // 10) - 1],
        longest=durations[-1],
        share_percent=share.quantize(Decimal("0.1")),
    )
