"""What the responsible team is told when an order cannot go on without them."""

from collections.abc import Sequence
from datetime import datetime

from orderflow.holds import Hold, HoldReason
from orderflow.notices.notice import Letterhead, StaffNotice, customer_name
from orderflow.notices.staff.escalation import Severity, escalates_at
from orderflow.notices.staff.recommended_actions import RecommendedAction, Shortage
from orderflow.notices.text_message import text_message
from orderflow.notices.wording import countdown, moment, one_line, order_name
from orderflow.order import Order

_TITLES = {
    HoldReason.PAYMENT: "Payment Issue",
    HoldReason.ADDRESS: "Invalid Address",
    HoldReason.INVENTORY: "Inventory Mismatch",
    HoldReason.FRAUD: "Fraud Review",
    HoldReason.APPROVAL: "Approval Needed",
}


class ExceptionNotice(StaffNotice):
    """The case of one held order. `facts` say what is wrong, `actions` what could be done, best first.

    `case_id` names a case that may be approved or rejected under the notice itself; it is empty for any other.
    """

    order: str
    status: str
    detected_at: str
    customer: str
    value: str
    facts: tuple[str, ...]
    verdict: str
    actions: tuple[str, ...]
    severity: str
    action_required: str
    escalates_in: str
    escalates_to: str
    case_id: str = ""


def exception_notice(
    order: Order,
    hold: Hold,
    *,
    severity: Severity,
    detected_at: datetime,
    now: datetime,
    letterhead: Letterhead,
    shortages: Sequence[Shortage] = (),
    actions: Sequence[RecommendedAction] = (),
    escalates_to: str = "Ops Manager",
    case_id: str = "",
) -> ExceptionNotice:
    """The notice of this case at this moment. A text message goes out for high severity only."""
    status = f"EXCEPTION – {_TITLES[hold.reason]}"
    name = order_name(order.number)
    urgent = severity is Severity.HIGH
    return ExceptionNotice(
        subject=f"⚠️ Fulfillment Exception: Order {name}",
        short_text=text_message(f"{status}: order {name}.", one_line(hold.detail), hold.remedy) if urgent else "",
        headline=f"⚠️ Fulfillment Exception: Order {name}",
        link=letterhead.order_link(order),
        order=name,
        status=status,
        detected_at=moment(detected_at, letterhead.timezone),
        customer=customer_name(order) or "unknown",
        value=str(order.total),
        facts=_facts(hold, shortages),
        verdict=_verdict(shortages),
        actions=tuple(action.sentence for action in actions),
        severity=severity.value,
        action_required=one_line(hold.remedy),
        escalates_in=countdown(escalates_at(severity, detected_at) - now),
        escalates_to=escalates_to,
        case_id=case_id,
    )


def _facts(hold: Hold, shortages: Sequence[Shortage]) -> tuple[str, ...]:
    short = tuple(f"{one_line(s.product)}: {s.ordered} ordered, {s.left} left" for s in shortages)
    where = (f"Look at {one_line(hold.field)}",) if hold.field else ()
    return (one_line(hold.detail), *short, *where)


def _verdict(shortages: Sequence[Shortage]) -> str:
    if not shortages:
        return ""
    left = sum(min(s.left, s.ordered) for s in shortages)
    return Shortage(product="", ordered=sum(s.ordered for s in shortages), left=left).verdict
