"""What must be true when a schedule has come to rest: our books by SQL, the services' books, and the two together."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from simulation.services import KINDS
from simulation.world import World

from connectors.database.invariants import offenders

# Cases an order may wait in, each for a person: nothing else may stop it.
MAY_EXIST = "label_may_exist"
NOT_VOIDED = "cancelled_after_label"
CASES = {"label_refused", MAY_EXIST, NOT_VOIDED, "label_outdated", "label_reference_used", "label_failed"}


def problems(world: World) -> list[str]:
    """Everything that is wrong, in words; nothing for a sound schedule."""
    if world.troubles:
        return list(world.troubles)
    with world.database.read() as conn:
        broken = [f"{name}: {dict(rows[0])}" for name, rows in offenders(conn).items()]
    return [*broken, *_queues(world), *_orders(world), *_labels(world), *_messages(world)]


def _rows(world: World, query: str) -> list[dict[str, Any]]:
    cursor = world.database.raw.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _queues(world: World) -> Iterator[str]:
    stored = _rows(world, "SELECT COUNT(*) AS number FROM inbox")
    if stored[0]["number"] > len(world.delivered):
        yield f"{stored[0]['number']} deliveries are stored and {len(world.delivered)} were made"
    for row in _rows(world, "SELECT number, source_updated_at FROM orders"):
        if row["source_updated_at"] != max(at for number, at in world.delivered if number == row["number"]):
            yield f"order {row['number']} is not as the channel told of it last"
    for row in _rows(world, "SELECT id, state, last_error FROM inbox WHERE state <> 'done'"):
        yield f"a delivery is {row['state']}: {row['last_error']}"
    for row in _rows(world, "SELECT step_key, state FROM step WHERE state IN ('started', 'unknown')"):
        if "label" in world.queues and not _held(world, row["step_key"].partition("/")[0]):
            yield f"nobody knows of {row['step_key'][-10:]} and nobody looks: {row['state']}"


def _held(world: World, shipment_id: str, code: str = MAY_EXIST) -> bool:
    query = (
        "SELECT hold.code FROM shipment JOIN hold ON hold.order_id = shipment.order_id"
        f" WHERE shipment.id = '{shipment_id}' AND closed_at IS NULL"
    )
    return any(row["code"] == code for row in _rows(world, query))


def _orders(world: World) -> Iterator[str]:
    for row in _rows(world, "SELECT sku, location FROM stock WHERE shortfall > 0"):  # no count of a story ever falls
        yield f"more of {row['sku']} was promised in {row['location']} than there is"
    for row in _rows(world, "SELECT code, detail FROM hold WHERE closed_at IS NULL"):
        if row["code"] not in CASES:
            yield f"an order is held as {row['code']}: {row['detail']}"
    for row in _rows(world, "SELECT last_error FROM orders WHERE last_error LIKE '%bug%' AND step <> 'none'"):
        yield f"an order waits because of a bug: {row['last_error']}"


def _labels(world: World) -> Iterator[str]:
    """No reference has two live labels, at one carrier or at two; every live one is ours, and ours are all live."""
    live = [label for label in world.books.labels if not label.void]
    paid = [label for label in live if KINDS[label.carrier].orphan_is_billed or KINDS[label.carrier].unique_reference]
    for reference, number in Counter(label.reference for label in paid).items():
        if number > 1:
            yield f"{number} live labels were bought for parcel {reference[-4:]}"
    ours = {row["provider_reference"]: row["id"] for row in _rows(world, _OUR_LABELS)}
    for missing in sorted(ours.keys() - {label.id for label in live}):
        if not _held(world, ours[missing], NOT_VOIDED):
            yield f"we send a parcel with label {missing}, which no carrier sold or which is void"
    for label in paid:
        if label.id not in ours and not _held(world, label.reference):
            yield f"label {label.id} of parcel {label.reference[-4:]} was paid and nobody knows of it"


_OUR_LABELS = "SELECT id, provider_reference FROM shipment WHERE state IN ('labelled', 'delivered')"


def _messages(world: World) -> Iterator[str]:
    """No message went out twice; one that we call sent went out, and one that did not is shown to a person."""
    sent = Counter(world.books.messages)
    yield from (f"message {key} went out {number} times" for key, number in sent.items() if number > 1)
    for row in _rows(world, "SELECT dedup_key, stage, state, receipt FROM outbox"):
        if row["stage"] in world.queues and row["state"] in {"new", "sending"}:
            yield f"message {row['dedup_key']} is left {row['state']}"
        told = row["stage"] != "notify" or row["receipt"].startswith("not sent") or sent[row["dedup_key"]]
        if row["state"] == "sent" and not told:
            yield f"message {row['dedup_key']} is called sent and was not"
    yield from _reports(world)


def _reports(world: World) -> Iterator[str]:
    told = set(world.books.reports)
    for row in _rows(world, "SELECT payload, dedup_key FROM outbox WHERE stage = 'sync' AND state = 'sent'"):
        if row["dedup_key"].removesuffix("/report") not in told:
            yield f"the channel was never told of {row['dedup_key'][-12:]}"
