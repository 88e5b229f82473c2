"""Where an order goes of which partners still have shipments: it waits, due again when they are next asked.

What has left already is told at once, so that a parcel of our own does not wait for a partner's.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from connectors.database import decisions, holds, orders, outbox
from connectors.database.orders import OrderChange, StoredOrder
from connectors.database.shipments import ShipmentRow
from orderflow.lifecycle import OrderStatus
from tasks.fulfilling.job import AtPartner
from tasks.fulfilling.keep import News, actor_of, news_of
from tasks.labelling.desk import Desk
from tasks.telling.announce import after_holding, after_labelling

LOOK_AGAIN_SECONDS = 900.0


@dataclass(frozen=True)
class Waiting:
    """One order's shipments at partners, those of them with news, and those of its parcels that left just now.

    `wait_seconds` is when one that could not be asked is asked again.
    """

    at_partner: Sequence[AtPartner]
    news: Sequence[AtPartner]
    left_now: frozenset[str]
    wait_seconds: float = LOOK_AGAIN_SECONDS


def wait_for_partners(desk: Desk, stored: StoredOrder, rows: Sequence[ShipmentRow], waiting: Waiting) -> Counter[str]:
    """Puts the order back until its partners are asked again; writes an event only where there is news."""
    mine = [one for one in waiting.news if one.job.stored.id == stored.id]
    news = news_of(desk.conn, desk.shop, waiting.at_partner, mine)
    wait_seconds = min(news.wait_seconds, waiting.wait_seconds)
    gone = _to_be_told(stored, rows, waiting.left_now)
    if not (news.words or news.cases or gone):
        later = orders.Postponement(stored.id, wait_seconds, error="", count_attempt=False)
        orders.postpone_batch(desk.conn, [later], desk.owner)
        return Counter(waiting=1)
    change = _change(desk, stored, news, gone, actor_of(waiting.at_partner[0].job), wait_seconds)
    if orders.record_batch(desk.conn, [change], desk.owner).stale:
        return Counter(postponed=1)
    _tell(desk, stored, news, gone)
    return +Counter(waiting=1, labelled=len(gone), held=len(news.cases))


def _to_be_told(stored: StoredOrder, rows: Sequence[ShipmentRow], left_now: frozenset[str]) -> list[ShipmentRow]:
    """The parcels that left and were not told of: all of them, the first time the order is partly sent."""
    is_first = stored.status is OrderStatus.AWAITING_FULFILLMENT
    return [row for row in rows if row.state == "labelled" and (is_first or row.id in left_now)]


def _change(  # noqa: PLR0917 - one change has all of these
    desk: Desk, stored: StoredOrder, news: News, gone: Sequence[ShipmentRow], actor: str, wait_seconds: float
) -> OrderChange:
    now_ms = desk.shop.database.now_ms(desk.conn)
    sent = [f"{row.carrier} {row.tracking_number}" for row in gone]
    return OrderChange(
        stored,
        to_status=OrderStatus.PARTIALLY_FULFILLED if gone else None,
        step="label",
        next_at_ms=now_ms + round(wait_seconds * 1000),
        kind="fulfillment",
        actor=actor,
        note="; ".join([*news.words, *(case.detail for case in news.cases), *(f"sent by {one}" for one in sent)]),
        data={"shipments": [row.id for row in gone]},
    )


def _tell(desk: Desk, stored: StoredOrder, news: News, gone: Sequence[ShipmentRow]) -> None:
    for case in news.cases:
        holds.open_hold(desk.conn, stored.id, case)
        outbox.enqueue(desk.conn, after_holding(desk.shop, stored, case))
    if gone:
        actions = decisions.actions_of(desk.conn, [stored.id])[stored.id]
        outbox.enqueue(desk.conn, after_labelling(desk.shop, stored, gone, actions))
