"""Labels our carriers sold in the last two days, held against our ledger: one that nobody uses is adopted or voided.

A worker that was paused inside a purchase for longer than anybody waits can leave such a label behind, where a carrier
has no unique references. This sweep finds it within the hour. What it means, orderflow.reconciliation decides.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection

from connectors.database import orders, shipments, steps
from connectors.database.session import moment
from connectors.database.steps import StepIntent, StepRow
from connectors.errors import ConnectorError
from connectors.protocols import Carrier, LabelLister, SoldLabel
from connectors.shop import Shop
from orderflow.reconciliation.sold_labels import Fate, fate_of
from tasks.labelling.keep import ledger_entry
from tasks.watching.orphans import OWNER, finish_begun_voids, note_orphan, void_orphan

LOOK_BACK = timedelta(hours=48)
# What was sold just now may not be in our books yet.
SETTLED_AFTER = timedelta(minutes=10)
_TO_SETTLE = (Fate.ADOPT, Fate.VOID)


async def settle_sold_labels(shop: Shop) -> int:
    """Adopts or voids what nobody uses, at every enabled carrier that lists its sales; returns how many labels.

    Raises the last carrier's error once all have been looked at.
    """
    settled, failed = 0, None
    for code in shop.configuration.fulfillment.label_providers:
        try:
            settled += await _settle_all(shop, shop.carrier(code))
        except ConnectorError as error:
            failed = error
    if failed:
        raise failed
    return settled


async def _settle_all(shop: Shop, carrier: Carrier) -> int:
    if not isinstance(carrier, LabelLister):
        return 0
    await finish_begun_voids(shop, carrier)
    return sum([await _settle(shop, carrier, one) for one in await _sold(shop, carrier)])


async def _sold(shop: Shop, account: LabelLister) -> Sequence[SoldLabel]:
    """The labels that seem to be used by nobody."""
    with shop.database.read() as conn:
        now = moment(shop.database.now_ms(conn))
    listed = await account.labels_since(now - LOOK_BACK)
    sold = [one for one in listed if one.reference and one.sold_at <= now - SETTLED_AFTER]
    with shop.database.read() as conn:
        fates = _fates(conn, sold)
    return [one for one, (fate, _) in zip(sold, fates, strict=True) if fate in _TO_SETTLE]


def _fates(conn: Connection, sold: Sequence[SoldLabel]) -> list[tuple[Fate, StepRow | None]]:
    purchases = steps.steps_by_key(conn, [_key(one) for one in sold])
    parcels = shipments.shipments_by_id(conn, [key.removesuffix("/label") for key in purchases])
    found = []
    for one in sold:
        purchase, parcel = purchases.get(_key(one)), parcels.get(one.reference)
        found.append((fate_of(one, purchase, parcel.state if parcel else ""), purchase))
    return found


def _key(sold: SoldLabel) -> str:
    return f"{sold.reference}/label"


async def _settle(shop: Shop, carrier: Carrier, sold: SoldLabel) -> bool:
    """Settles one label while nobody else is at its order; where somebody is, the next sweep looks again."""
    with shop.database.read() as conn:
        _, purchase = _fates(conn, [sold])[0]
    stored = orders.claim_order(shop.database, shop.vault, purchase.order_id, OWNER) if purchase else None
    if stored is None:
        return False
    try:
        with shop.database.read() as conn:
            fate, purchase = _fates(conn, [sold])[0]
        if purchase is None or fate not in _TO_SETTLE:
            return False
        if fate is Fate.ADOPT:
            return await _adopt(shop, carrier, sold, purchase)
        return await void_orphan(shop, carrier, sold, stored)
    finally:
        orders.release_lease(shop.database, stored.id, OWNER)


async def _adopt(shop: Shop, carrier: Carrier, sold: SoldLabel, purchase: StepRow) -> bool:
    """Notes the label as what the purchase brought; the label stage then uses it instead of buying one."""
    label = await carrier.find_since(sold.reference, sold.sold_at)
    if label is None or label.provider_reference != sold.provider_reference:
        return False
    key = purchase.key
    intent = StepIntent(key, purchase.order_id, purchase.kind, carrier.code, carrier.code, purchase.request_hash)
    with shop.database.write() as conn:
        begun = steps.begin_steps(conn, [intent], OWNER)[key]
        if not begun.may_call:
            return False
        reference, result = label.provider_reference, ledger_entry(label)
        steps.finish_step(conn, key, attempt=begun.row.attempt, owner=OWNER, provider_ref=reference, result=result)
        note_orphan(conn, shop, begun.row, sold, "orphan_label_adopted")
    return True
