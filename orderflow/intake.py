"""What the arrival or change of an order means for the order we keep."""

from orderflow.holds import Hold, HoldReason
from orderflow.lifecycle import OrderStatus
from orderflow.order import Order, PaymentStatus
from orderflow.value import Value

_S = OrderStatus
_BEFORE_PAID = {_S.PENDING, _S.PAYMENT_PROCESSING}
_NOT_YET_PLANNED = _BEFORE_PAID | {_S.PAID, _S.HOLD, _S.FRAUD_CHECK}
_MENDED_BY_AN_UPDATE = {HoldReason.ADDRESS, HoldReason.PAYMENT, HoldReason.INVENTORY}


class Intake(Value):
    """What follows from one version of an order.

    `statuses` are the statuses to walk through, in order. `route` says that the machine owes a decision now.
    `cancel` asks for the cancellation of something already planned; `hold` is a case to open, `mended` one to close.
    """

    statuses: tuple[OrderStatus, ...] = ()
    route: bool = False
    cancel: bool = False
    hold: Hold | None = None
    mended: bool = False


def take_in(status: OrderStatus, order: Order, open_hold: HoldReason | None = None) -> Intake:
    """What to do with an order that stands at `status` and is now described by `order`.

    A cancelled or refunded order is cancelled where nothing is planned yet, and marked for cancelling otherwise.
    A paid order walks to paid and is routed; one that waits for its money waits; a failed payment opens a case.
    One that the channel has shipped already is only written down: it must not be shipped again.
    A held order that the channel changed is routed again, unless a person must approve it or look at a fraud.
    """
    if order.cancelled_at or order.payment_status is PaymentStatus.REFUNDED:
        return _cancelled(status)
    if status in _BEFORE_PAID:
        return _payment(status, order)
    if status is _S.HOLD and open_hold in _MENDED_BY_AN_UPDATE:
        return Intake(statuses=(_S.PAID,), route=True, mended=True)
    return Intake()


def _cancelled(status: OrderStatus) -> Intake:
    if status in _NOT_YET_PLANNED:
        return Intake(statuses=(_S.CANCELLED,), cancel=True)
    return Intake(cancel=status is _S.AWAITING_FULFILLMENT)


def _payment(status: OrderStatus, order: Order) -> Intake:
    processing = (_S.PAYMENT_PROCESSING,) if status is _S.PENDING else ()
    if order.fulfilled:
        return Intake(statuses=(*processing, _S.PAID, _S.AWAITING_FULFILLMENT, _S.FULFILLED))
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
