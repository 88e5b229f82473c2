"""Pressed buttons: each is carried out once, by the person it was pressed by, on the case it was pressed for.

A press that is not allowed, comes too late or is nobody's whom we know is refused, and the order's timeline says so.
What customers answer has rules of its own (tasks/refilling/choices.py).
"""

from collections import Counter
from uuid import uuid4

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.database import holds, orders, rulings
from connectors.database.holds import HoldRow
from connectors.database.orders import StaleOrder, StoredOrder
from connectors.database.rulings import ButtonPress
from connectors.shop import Shop
from tasks.refilling.choices import CUSTOMER, carry_out_choice
from tasks.resolve import Answer, Resolution, resolve_order

TRIES = 5


@task(name="answer", task_run_name="carry out pressed buttons", cache_policy=NO_CACHE, retries=3)
async def carry_out_presses(shop: Shop) -> dict[str, int]:
    """Carries out what was pressed since; says how many were done or refused. A busy order's press waits."""
    with shop.database.read() as conn:
        presses = rulings.new_presses(conn)
    return dict(Counter(state for press in presses if (state := _carry_out(shop, press))))


def _carry_out(shop: Shop, press: ButtonPress) -> str:
    if press.source == CUSTOMER:
        return carry_out_choice(shop, press)
    with shop.database.read() as conn:
        held = holds.open_case(conn, press.hold_id)
    if held is None:
        return _settle(shop, press, "refused", "the case is closed already")
    owner = f"button-{uuid4()}"
    stored = orders.claim_order(shop.database, shop.vault, held.order_id, owner)
    if stored is None:
        return ""
    try:
        return _answer(shop, owner, stored, held, press)
    finally:
        orders.release_lease(shop.database, stored.id, owner)


def _answer(shop: Shop, owner: str, stored: StoredOrder, held: HoldRow, press: ButtonPress) -> str:
    name = shop.configuration.notifications.slack_users.get(press.presser)
    if name is None:
        return _refuse(shop, owner, stored, press, f"nobody knows the {press.source} user {press.presser}")
    with shop.database.read() as conn:
        newest = holds.hold_of(conn, stored.id)
    if newest is None or newest.id != held.id:
        return _settle(shop, press, "refused", "another case has come up since")
    resolution = Resolution(Answer(press.answer), f"user:{name}", note=f"by {press.source}")
    try:
        said = resolve_order(shop, owner, stored, resolution)
    except StaleOrder:
        return ""
    except ValueError as error:
        return _refuse(shop, owner, stored, press, str(error))
    except Exception as error:  # our own fault, not the person's: tried again some times, then shown
        return _try_again(shop, press, f"{type(error).__name__}: {error}")
    return _settle(shop, press, "done", said)


def _refuse(shop: Shop, owner: str, stored: StoredOrder, press: ButtonPress, why: str) -> str:
    actor = f"{press.source}:{press.presser}"
    with shop.database.write() as conn:
        if rulings.settle_press(conn, press.id, "refused", why):
            change = {"kind": "answer_refused", "actor": actor, "note": f"{press.answer}: {why}"}
            orders.record(conn, stored, owner=owner, next_at_ms=stored.next_at_ms, **change)
    return "refused"


def _try_again(shop: Shop, press: ButtonPress, error: str) -> str:
    if press.attempts + 1 >= TRIES:
        return _settle(shop, press, "refused", error)
    with shop.database.write() as conn:
        rulings.press_failed(conn, press.id, error)
    return ""


def _settle(shop: Shop, press: ButtonPress, state: str, outcome: str) -> str:
    with shop.database.write() as conn:
        rulings.settle_press(conn, press.id, "done" if state == "done" else "refused", outcome)
    return state
