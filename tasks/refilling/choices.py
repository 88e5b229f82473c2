"""What customers answered by the links of their notice: they wait, or the units are cancelled; each answer once."""

from uuid import uuid4

from connectors.database import orders, rulings
from connectors.database.orders import StaleOrder, StoredOrder
from connectors.database.rulings import ButtonPress
from connectors.shop import Shop
from tasks.refilling.cancel import NothingToCancel, Wish, cancel_waiting

CUSTOMER = "customer"


def carry_out_choice(shop: Shop, press: ButtonPress) -> str:
    """Carries one answer out; says "done" or "refused", or "" where the order is busy and it is tried again."""
    owner = f"choice-{uuid4()}"
    stored = orders.claim_order(shop.database, shop.vault, press.hold_id, owner)
    if stored is None:
        return ""
    try:
        said = _carry_out(shop, owner, stored, press)
    except StaleOrder:
        return ""
    except NothingToCancel as error:
        return _settle(shop, press, "refused", str(error))
    finally:
        orders.release_lease(shop.database, stored.id, owner)
    return _settle(shop, press, "done", said)


def _carry_out(shop: Shop, owner: str, stored: StoredOrder, press: ButtonPress) -> str:
    if press.answer == "cancel":
        done = cancel_waiting(shop, owner, stored, Wish(CUSTOMER, "the customer does not wait"))
        return f"{sum(done.units.values())} unit(s) cancelled"
    with shop.database.write() as conn:
        about = {"kind": "backorder_answer", "actor": CUSTOMER, "note": "the customer waits"}
        orders.record(conn, stored, owner=owner, next_at_ms=stored.next_at_ms, **about)
    return "the customer waits"


def _settle(shop: Shop, press: ButtonPress, state: str, outcome: str) -> str:
    with shop.database.write() as conn:
        rulings.settle_press(conn, press.id, "done" if state == "done" else "refused", outcome)
    return state
