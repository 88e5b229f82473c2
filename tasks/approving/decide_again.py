"""A held order decided anew after a person's answer: what it had is free again, and what they ruled is kept.

1. The yes is kept, or the chosen location. Where another yes is needed the order stays held, and its stock reserved.
2. The case is closed, the old plan released, and the order decided by the stock and the rates of this moment.
3. What is different from the plan the person saw is told. Where shipping costs too much more the order asks again.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from connectors.database import decisions, holds, orders, rulings
from connectors.database.holds import HoldRow
from connectors.database.orders import StoredOrder
from connectors.shop import Shop
from orderflow.decision import Decision
from orderflow.lifecycle import OrderStatus
from orderflow.rulings import Override
from orderflow.rulings.recheck import differences
from tasks.approving.answers import Answer, Resolution
from tasks.approving.say_yes import Said, pass_rerouted, say_yes
from tasks.labelling.cancel import release_plan
from tasks.routing.route import Request, route_claimed


@dataclass(frozen=True)
class Case:
    """The open case, and whether a yes would let the order pass."""

    held: HoldRow
    asks_for_approval: bool


def decide_again(shop: Shop, owner: str, stored: StoredOrder, case: Case, resolution: Resolution) -> str:
    """Carries the answer out on an order the caller has claimed; returns what happened in words."""
    with shop.database.write() as conn:
        before = decisions.latest_decision(conn, stored.id)
        said = _rule(conn, shop, stored, case, resolution)
        if not said.may_pass:
            return _still_held(conn, owner, stored, resolution, said)
        release_plan(conn, stored.id)
        fresh = corrected(conn, shop, owner, stored, resolution)
        back = _back_to_paid(conn, owner, fresh, resolution, said)
    routed = route_claimed(shop, [back], Request(owner, resolution.actor))
    if not routed:
        return f"{stored.order.number} is decided again as soon as its stock is free"
    return f"{stored.order.number}: {routed[0].decision.reason}{_changes(before, routed[0].decision)}"


def corrected(conn: Connection, shop: Shop, owner: str, stored: StoredOrder, resolution: Resolution) -> StoredOrder:
    """The order with the corrected address, where the answer brings one."""
    if resolution.address is None:
        return stored
    return orders.correct_address(conn, shop.vault, stored, resolution.address, owner=owner, actor=resolution.actor)


def _rule(conn: Connection, shop: Shop, stored: StoredOrder, case: Case, resolution: Resolution) -> Said:
    actor, note = resolution.actor, resolution.note
    if resolution.answer is Answer.REROUTE:
        rulings.set_override(conn, stored.id, Override(location=resolution.location, reason=note, actor=actor))
        if case.asks_for_approval:
            pass_rerouted(conn, shop, stored, case.held, resolution)
    elif resolution.answer is Answer.APPROVE and case.asks_for_approval:
        return say_yes(conn, shop, stored, case.held, resolution)
    return Said(may_pass=True)


def _still_held(conn: Connection, owner: str, stored: StoredOrder, resolution: Resolution, said: Said) -> str:
    note = " ".join(filter(None, [resolution.note, f"({said.words})"]))
    data = {"authority": said.authority}
    orders.record(conn, stored, owner=owner, kind="approved_once", actor=resolution.actor, note=note, data=data)
    return f"{stored.order.number}: {said.words}"


def _back_to_paid(conn: Connection, owner: str, stored: StoredOrder, resolution: Resolution, said: Said) -> StoredOrder:
    """The order as it was before its decision, due for a new one; the caller keeps its lease."""
    holds.close_hold(conn, stored.id, resolution=resolution.answer, actor=resolution.actor)
    return orders.record(
        conn,
        stored,
        owner=owner,
        to_status=None if stored.status is OrderStatus.AWAITING_FULFILLMENT else OrderStatus.PAID,
        step="route",
        kind=resolution.answer,
        actor=resolution.actor,
        note=resolution.note,
        data={"authority": said.authority} if said.authority else None,
        release=False,
    )


def _changes(before: Decision | None, now: Decision) -> str:
    told = differences(before.plan, now.plan) if before and before.plan.shipments else ()
    return f". Changed since: {'; '.join(told)}" if told else ""
