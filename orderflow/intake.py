"""What the arrival or change of an order means for the order we keep."""

from collections import Counter

from orderflow.holds import Hold, HoldReason
from orderflow.lifecycle import OrderStatus
from orderflow.order import Order, PaymentStatus
from orderflow.value import Value

_S = OrderStatus
_BEFORE_PAID = {_S.PENDING, _S.PAYMENT_PROCESSING}
_NOT_YET_PLANNED = _BEFORE_PAID | {_S.PAID, _S.HOLD, _S.FRAUD_CHECK}
_MENDED_BY_AN_UPDATE = {HoldReason.ADDRESS, HoldReason.PAYMENT, HoldReason.INVENTORY}
_WAY = (_S.PAYMENT_PROCESSING, _S.PAID, _S.AWAITING_FULFILLMENT, _S.FULFILLED)
_TO_FULFILLED = {
    _S.PENDING: _WAY,
    _S.PAYMENT_PROCESSING: _WAY[1:],
    _S.HOLD: _WAY[1:],
    _S.FRAUD_CHECK: _WAY[1:],
    _S.PAID: _WAY[2:],
    _S.PARTIALLY_FULFILLED: _WAY[3:],
}


class Intake(Value):
    """What follows from one version of an order.

    `statuses` are the statuses to walk through, in order. `route` says that the machine owes a decision now.
    `cancel` asks for the cancellation of something already planned, `give_up` frees what is planned or waited for and
    not sent; `hold` is a case to open, `mended` one to close. A `hold` beside `route` is for an order that has a label
    already and so cannot be decided anew.
    """

    statuses: tuple[OrderStatus, ...] = ()
    route: bool = False
    cancel: bool = False
    give_up: bool = False
    hold: Hold | None = None
    mended: bool = False


def is_edited(order: Order, known: Order) -> bool:
    """Whether other units are to be sent than were known before."""
    return _units(order) != _units(known)


def _units(order: Order) -> Counter[tuple[str, str]]:
    units: Counter[tuple[str, str]] = Counter()
    for line in order.shippable_lines:
        units[line.sku, line.variant] += line.quantity
    return units


def take_in(status: OrderStatus, order: Order, open_hold: HoldReason | None = None, *, edited: bool = False) -> Intake:
    """What to do with an order that stands at `status` and is now described by `order`.

    A cancelled or refunded order is cancelled where nothing is planned yet, and marked for cancelling otherwise.
    A paid order walks to paid and is routed; one that waits for its money waits; a failed payment opens a case.
    One that somebody else has shipped is only written down, for it must not be shipped again; where a label may be on
    its way already a person looks.
    A held order that the channel changed is routed again, unless a person must approve it or look at a fraud. One of
    which other units are ordered now (`edited`) is decided anew even if it waits for approval.
    """
    if order.cancelled_at or order.payment_status is PaymentStatus.REFUNDED:
        return _cancelled(status, refunded=order.payment_status is PaymentStatus.REFUNDED)
    if order.fulfilled:
        return _sent_elsewhere(status, order)
    if status in _BEFORE_PAID:
        return _payment(status, order)
    if edited and status in {_S.HOLD, _S.AWAITING_FULFILLMENT}:
        return _decided_anew(status, order)
    if open_hold in _MENDED_BY_AN_UPDATE and status in {_S.HOLD, _S.AWAITING_FULFILLMENT}:
        return Intake(statuses=(_S.PAID,) if status is _S.HOLD else (), route=True, mended=True)
    return Intake()


def _cancelled(status: OrderStatus, *, refunded: bool) -> Intake:
    if status in _NOT_YET_PLANNED:
        return Intake(statuses=(_S.CANCELLED,), cancel=True, give_up=True)
    end = (_S.REFUNDED,) if refunded else ()
    if status is _S.PARTIALLY_FULFILLED:
        return Intake(statuses=(_S.FULFILLED, *end), give_up=True)
    if status in {_S.FULFILLED, _S.DELIVERED}:
        return Intake(statuses=end)
    return Intake(cancel=status is _S.AWAITING_FULFILLMENT)


def _decided_anew(status: OrderStatus, order: Order) -> Intake:
    if status is _S.HOLD:
        return Intake(statuses=(_S.PAID,), route=True, give_up=True, mended=True)
    return Intake(route=True, mended=True, hold=_edited_late(order))


def _sent_elsewhere(status: OrderStatus, order: Order) -> Intake:
    if status is _S.AWAITING_FULFILLMENT:
        return Intake(hold=_sent_already(order))
    way = _TO_FULFILLED.get(status, ())
    return Intake(statuses=way, give_up=bool(way), mended=bool(way))


def _payment(status: OrderStatus, order: Order) -> Intake:
    processing = (_S.PAYMENT_PROCESSING,) if status is _S.PENDING else ()
    match order.payment_status:
        case PaymentStatus.PAID | PaymentStatus.PARTIALLY_REFUNDED:
            return Intake(statuses=(*processing, _S.PAID), route=True, mended=True)
        case PaymentStatus.AUTHORIZED:
            return Intake(statuses=processing)
        case PaymentStatus.FAILED:
            return Intake(hold=_payment_failed(order))
    return Intake()


def _payment_failed(order: Order) -> Hold:
    return Hold(
        reason=HoldReason.PAYMENT,
        code="payment_failed",
        field="payment_status",
        detail=f"{order.source} says the payment of {order.number} failed",
        remedy="Ask the customer to pay again in the shop, or cancel the order there; it goes on by itself when paid.",
    )


def _sent_already(order: Order) -> Hold:
    return Hold(
        reason=HoldReason.INVENTORY,
        code="sent_elsewhere",
        field="fulfilled",
        detail=f"{order.source} says every unit of {order.number} was sent, and we were about to send it",
        remedy="If somebody else sent it, reject the order here, which voids its labels; otherwise resume it.",
    )


def _edited_late(order: Order) -> Hold:
    return Hold(
        reason=HoldReason.APPROVAL,
        code="edited_after_label",
        field="lines",
        detail=f"{order.source} changed what {order.number} orders after a label was bought or was about to be",
        remedy="Reject the order, which voids its labels, and place it anew; or resume it to send what was planned.",
    )
