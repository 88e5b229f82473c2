"""Saying yes to a case: the person's right to it is checked, the yes is kept, and enough of them let the order pass."""

from dataclasses import dataclass

from sqlalchemy import Connection

from connectors.database import decisions, rulings
from connectors.database.holds import HoldRow
from connectors.database.orders import StoredOrder
from connectors.shop import Shop
from orderflow.decision import Decision
from orderflow.holds import HoldReason
from orderflow.money import Money
from orderflow.routing.approval import EXPIRED
from orderflow.rulings.authority import Authority, Yes, authority_of, yeses_needed
from orderflow.rulings.recheck import subject_of
from tasks.approving.answers import Resolution


class MayNotApprove(ValueError):
    """This person's yes does not count for this case; the message says whose would."""


@dataclass(frozen=True)
class Said:
    """What a yes came to: whether the order may pass now, and in words what is still missing."""

    may_pass: bool
    words: str = ""
    authority: str = ""


def asks_for_approval(conn: Connection, held: HoldRow) -> bool:
    """Whether the case is about letting the order pass, and not about something that must be mended first."""
    if held.hold.reason is HoldReason.FRAUD or held.hold.code == EXPIRED:
        return True
    decision = decisions.latest_decision(conn, held.order_id)
    return held.hold.reason is HoldReason.APPROVAL and _is_about(decision, held)


def say_yes(conn: Connection, shop: Shop, stored: StoredOrder, held: HoldRow, resolution: Resolution) -> Said:
    """Keeps the yes, and lets the order pass where it was the last one needed. Raises MayNotApprove."""
    actor, note = resolution.actor, resolution.note
    authority, missing = _right_of(conn, shop, stored, held, actor)
    if authority.refusal:
        raise MayNotApprove(f"{stored.order.number}: {authority.refusal}")
    rulings.give_approval(conn, stored.id, held.id, Yes(actor=_name(actor), authority=authority.name), note)
    if missing > 1:
        return Said(False, f"{_name(actor)} has approved it, and a second person must", authority.name)
    decision = decisions.latest_decision(conn, stored.id)
    rulings.grant(conn, stored.id, subject_of(stored.order), decision.plan.cost if decision else None)
    return Said(True, authority=authority.name)


def pass_rerouted(conn: Connection, shop: Shop, stored: StoredOrder, held: HoldRow, resolution: Resolution) -> None:
    """Counts a change of the location as a yes, at whatever cost, where this person's word alone is enough for one."""
    actor, note = resolution.actor, resolution.note
    authority, missing = _right_of(conn, shop, stored, held, actor)
    if authority.refusal or missing > 1:
        return
    rulings.give_approval(conn, stored.id, held.id, Yes(actor=_name(actor), authority=authority.name), note)
    anything: Money | None = None
    rulings.grant(conn, stored.id, subject_of(stored.order), anything)


def _right_of(conn: Connection, shop: Shop, stored: StoredOrder, held: HoldRow, actor: str) -> tuple[Authority, int]:
    """Whether the person may say yes, and how many yeses are missing before they do."""
    policy = shop.configuration.routing.approval
    given = [row.yes for row in rulings.approvals_of(conn, [held.id])]
    delegations = rulings.delegations_in_force(conn, _name(actor))
    authority = authority_of(_name(actor), policy, delegations, given)
    return authority, yeses_needed(policy, stored.order.total) - len(given)


def _is_about(decision: Decision | None, held: HoldRow) -> bool:
    return decision is not None and decision.hold is not None and decision.hold.code == held.hold.code


def _name(actor: str) -> str:
    """The person's name as the configuration writes it, without "user:"."""
    return actor.removeprefix("user:")
