"""The words about what went wrong with the telling itself."""

from connectors.database.outbox import OutboxRow
from connectors.shop import Shop
from orderflow.notices.staff.alerts import Alert, AlertKind
from tasks.telling.addressing import Composed, to_staff
from tasks.telling.alarms import digest_words

# A message names at most so many things.
_NAMED = 10


def digest(_: Shop, row: OutboxRow) -> Composed:
    """How many things wait for a person."""
    return to_staff(_warning(f"{row.payload['count']} {row.payload['what']} wait for a person"), row)


# What sweeps of the watch find: "2 labels …".
_FOUND = {
    "orphan_label_adopted": "{count} label of unknown fate was found in the books of {where} and is used",
    "orphan_label_voided": "{count} label nobody uses was found in the books of {where} and voided",
    "orphan_label_kept": "{count} label nobody uses could not be voided at {where}: void it there",
    "stock_drift": "Promised units differ from the orders' reservations in {count} places: {where}. "
    "Nothing was changed; run `orderflow doctor`",
    "gap": "{count} orders of {where} came by the poll and by no webhook: look at the channel's webhooks",
    "webhooks_mended": "{where} had stopped sending {count} of its webhooks: they are asked for again",
    "undecided": "{count} label purchases have been undecided for more than half an hour ({where}): labels may exist",
    "sealed": "The audit trail is sealed up to {where}. Keep this: `orderflow audit verify` shows the same seal",
    "hand_out": "A customer asks what is held of them, in {count} orders ({where}): `orderflow customers export ORDER`",
    "forget_later": "{count} orders of a customer to be forgotten have not ended yet ({where}): "
    "`orderflow customers erase ORDER` once they have",
    "supplier_silent": "The supplier of {where} has not answered for {count} hours; a second one, if any, is asked",
    "late": "Work of the stage {where} has been due for {count} minutes: is a worker running?",
}


def swept(_: Shop, row: OutboxRow) -> Composed:
    """What a sweep found; it is told once."""
    about = row.payload
    where = ", ".join(about["where"][:_NAMED]) + (" …" if len(about["where"]) > _NAMED else "")
    return to_staff(_warning(_FOUND[about["finding"]].format(count=about["count"], where=where)), row)


def alarms(shop: Shop, row: OutboxRow) -> Composed:
    """A digest of more alarms than anybody reads."""
    return to_staff(_warning(digest_words(shop)), row)


def endpoint_switched_off(_: Shop, row: OutboxRow) -> Composed:
    """An address of outgoing webhooks that took nothing for days, and how to switch it on again."""
    remedy = "mend it, then run `orderflow webhooks enable`"
    return to_staff(_warning(f"Nothing more is sent to {row.payload['host']}: {remedy}"), row)


def _warning(headline: str) -> Alert:
    return Alert(kind=AlertKind.BOTTLENECK, subject=headline, headline=headline, link="", facts=(), short_text="")
