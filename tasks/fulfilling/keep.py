"""What partners said, as our books keep it: the handover, its stage, and where that leaves the order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from connectors.database import fulfillment, holds, outbox, steps
from connectors.database.fulfillment import NewHandover
from connectors.database.outbox import OutboxItem
from connectors.protocols import Stage
from connectors.protocols.mailed_partner import MailedPartner
from connectors.shop import Shop
from orderflow.holds import Hold, HoldReason
from tasks.fulfilling.job import AtPartner, HandoverJob
from tasks.labelling.desk import Desk

SILENT = "partner_silent"
_LOOK_AGAIN_SECONDS = {
    Stage.REQUESTED: 300.0,
    Stage.ACCEPTED: 900.0,
    Stage.PICKED: 600.0,
    Stage.PACKED: 600.0,
}


@dataclass(frozen=True)
class News:
    """What is new of an order's shipments at partners: the words for its timeline, and the cases to be opened."""

    words: tuple[str, ...] = ()
    cases: tuple[Hold, ...] = ()
    wait_seconds: float = 0.0


def keep_news(desk: Desk, results: Iterable[AtPartner]) -> list[AtPartner]:
    """Writes what partners said into ledger and handovers, in the caller's commit; returns those with news.

    A partner that reads mail gets its mail by the outbox, written here with the handover.
    """
    return [result for result in results if _keep(desk, result)]


def _keep(desk: Desk, result: AtPartner) -> bool:
    conn, job, told = desk.conn, result.job, result.told
    is_new = _begin(conn, desk.owner, result)
    if is_new and isinstance(desk.shop.partner(job.partner.code), MailedPartner):
        about = {"shipment_id": job.shipment.id, "partner": job.partner.code}
        outbox.enqueue(conn, [OutboxItem(f"{job.shipment.id}/handover", "notify", "handover", job.stored.id, about)])
    stage = Stage.REJECTED if result.is_rejected else told.stage
    if stage is Stage.SHIPPED and not result.is_shipped:
        stage = Stage.PACKED  # sent, they say, and no number of the parcel yet: it is asked for again
    has_moved = fulfillment.note_stage(conn, job.shipment.id, stage, told.reason)
    refused = refused_units(result)
    if refused and job.known:
        has_moved = fulfillment.note_refused(conn, job.known, refused) or has_moved
    if stage is not Stage.REQUESTED:
        _close_silence(conn, job)
    return is_new or has_moved


def _begin(conn: Connection, owner: str, result: AtPartner) -> bool:
    job = result.job
    if job.known is not None:
        return False
    reference = result.told.provider_reference
    steps.finish_step(conn, job.step_key, attempt=result.attempt, owner=owner, provider_ref=reference, result={})
    new = NewHandover(
        shipment_id=job.shipment.id,
        order_id=job.stored.id,
        location=job.shipment.location,
        partner=job.partner.code,
        provider_reference=reference,
        request_hash=job.request_hash,
        confirm_seconds=job.partner.confirm_within_hours * 3600,
    )
    return fulfillment.record_handover(conn, new)


def refused_units(result: AtPartner) -> dict[int, int]:
    """The units the partner refuses, told by SKU, as units of our lines; never more than it was asked for.

    What it refused before and has a new plan already is no longer in the shipment, and is counted first.
    """
    known = result.job.known
    units = dict(known.replanned) if known else {}
    skus = {line.line_no: line.sku for line in result.job.stored.order.lines}
    for sku, refused in result.told.refused:
        left = refused - sum(count for line_no, count in units.items() if skus.get(line_no) == sku)
        for line in result.job.shipment.lines:
            if line.sku == sku and left > 0:
                taken = min(left, line.quantity)
                units[line.line_no] = units.get(line.line_no, 0) + taken
                left -= taken
    return units


def _close_silence(conn: Connection, job: HandoverJob) -> None:
    held = holds.hold_of(conn, job.stored.id)
    if held and held.hold.code == SILENT and held.hold.field == _field(job):
        holds.close_hold(conn, job.stored.id, resolution="confirmed", actor=actor_of(job))


def news_of(conn: Connection, shop: Shop, results: Sequence[AtPartner], changed: Sequence[AtPartner]) -> News:
    """What to tell of one order's shipments that are at partners, and when to ask these again."""
    silent = [result for result in results if _is_silent(conn, shop, result)]
    for result in silent:
        seconds = result.job.partner.confirm_within_hours * 3600
        fulfillment.wait_again(conn, result.job.shipment.id, seconds)
    outdated = [one for one in results if one.job.known and one.job.known.request_hash != one.job.request_hash]
    for result in outdated:
        fulfillment.note_changed(conn, result.job.shipment.id, result.job.request_hash)
    must_replan = any(result.is_rejected or refused_units(result) != _replanned(result) for result in results)
    waits = [_LOOK_AGAIN_SECONDS.get(result.told.stage, 0.0) for result in results]
    return News(
        words=tuple(_words(result) for result in changed),
        cases=tuple([*(_silence(one.job) for one in silent), *(_outdated(one.job) for one in outdated)]),
        wait_seconds=0.0 if must_replan else min(waits),
    )


def _replanned(result: AtPartner) -> dict[int, int]:
    return dict(result.job.known.replanned) if result.job.known else {}


def _is_silent(conn: Connection, shop: Shop, result: AtPartner) -> bool:
    known = result.job.known
    if known is None or result.told.stage is not Stage.REQUESTED:
        return False
    return shop.database.now_ms(conn) > known.confirm_by_ms and holds.hold_of(conn, known.order_id) is None


def actor_of(job: HandoverJob) -> str:
    """Who tells, for the timeline."""
    return f"partner:{job.partner.code}"


def _words(result: AtPartner) -> str:
    job, told = result.job, result.told
    refused = ", ".join(f"{units} × {sku}" for sku, units in told.refused)
    parts = [f"{job.partner.code}: shipment {job.shipment.number} {told.stage}", told.reason]
    return "; ".join(filter(None, [*parts, f"not sent: {refused}" if refused else ""]))


def _field(job: HandoverJob) -> str:
    return f"shipments[{job.shipment.number}]"


def _silence(job: HandoverJob) -> Hold:
    hours = job.partner.confirm_within_hours
    return Hold(
        reason=HoldReason.APPROVAL,
        code=SILENT,
        field=_field(job),
        detail=f"{job.partner.code} has not confirmed shipment {job.shipment.number} within {hours:g} hours",
        remedy="Ask the partner. Resume the order to wait as long again, or pass its refusal on: `handovers reject`.",
    )


def _outdated(job: HandoverJob) -> Hold:
    return Hold(
        reason=HoldReason.ADDRESS,
        code="handover_outdated",
        field="destination",
        detail=f"{job.partner.code} has shipment {job.shipment.number} with the address as it was before",
        remedy="Tell the partner the new address, then resume the order; or reject the order, which calls it off.",
    )
