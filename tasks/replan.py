"""Replan: an order that is planned but not labelled gives its stock back and is decided anew."""

from connectors.database import holds, orders
from connectors.database.orders import StoredOrder
from connectors.shop import Shop
from orderflow.lifecycle import OrderStatus
from tasks.labelling.begun import has_label
from tasks.labelling.cancel import release_plan

_REPLANNABLE = {OrderStatus.PAID, OrderStatus.HOLD, OrderStatus.AWAITING_FULFILLMENT}


class CannotReplan(ValueError):
    """The order stands where no new plan can be made; the message says what to do instead."""


def replan(shop: Shop, owner: str, stored: StoredOrder, actor: str) -> None:
    """Makes the order due for a new decision. Raises CannotReplan for one that ended or has, or may have, a label."""
    with shop.database.write() as conn:
        if stored.status not in _REPLANNABLE:
            raise CannotReplan(f"{stored.order.number} is {stored.status}: nothing is left to be planned")
        if has_label(conn, stored.id):
            raise CannotReplan(
                f"{stored.order.number} has a label, or one is being bought; resume it, or reject it to void its labels"
            )
        release_plan(conn, stored.id)
        holds.close_hold(conn, stored.id, resolution="replanned", actor=actor)
        to_status = OrderStatus.PAID if stored.status is OrderStatus.HOLD else None
        orders.record(
            conn, stored, owner=owner, to_status=to_status, step="route", kind="replan", actor=actor, note="by hand"
        )
