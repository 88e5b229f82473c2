"""What there is to do for claimed orders, by what the database says of their shipments and of earlier lives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.database import fulfillment, shipments, steps
from connectors.database.orders import StoredOrder
from connectors.database.steps import StepRow
from connectors.shop import Shop
from tasks.fulfilling.job import HandoverJob, handover_jobs_of
from tasks.fulfilling.refusal import is_refused
from tasks.labelling.begun import is_open
from tasks.labelling.job import LabelJob, jobs_of


@dataclass(frozen=True)
class Work:
    """Orders a partner refused, orders to be cancelled, and what has to be done for the shipments of the others.

    `left` are purchases an earlier life began, with their rows; `fresh` are to be bought; `theirs` are a partner's.
    """

    refused: Sequence[StoredOrder]
    leaving: Sequence[StoredOrder]
    left: Sequence[tuple[LabelJob, StepRow]]
    fresh: Sequence[LabelJob]
    theirs: Sequence[HandoverJob]
    ledger: Mapping[str, StepRow]


def work_of(shop: Shop, claimed: Sequence[StoredOrder]) -> Work:
    """What is to be done. An order to be cancelled leaves unless a purchase of it is undecided: that is asked about."""
    ids = [stored.id for stored in claimed]
    with shop.database.read() as conn:
        rows = shipments.shipments_of(conn, ids)
        known = fulfillment.handovers_of(conn, ids)
        refused = [stored for stored in claimed if is_refused(stored, rows[stored.id], known)]
        staying = [stored for stored in claimed if stored not in refused]
        theirs = handover_jobs_of(shop, staying, rows, known)
        ours = jobs_of(shop, staying, rows, except_for={job.shipment.id for job in theirs})
        ledger = steps.steps_by_key(conn, [job.step_key for job in (*ours, *theirs)])
    undecided = {job.stored.id for job in (*ours, *theirs) if _is_undecided(job, ledger)}
    leaving = [stored for stored in staying if stored.cancel_requested and stored.id not in undecided]
    gone = {stored.id for stored in leaving}
    left = [(job, ledger[job.step_key]) for job in ours if is_open(ledger.get(job.step_key))]
    fresh = [job for job in ours if not is_open(ledger.get(job.step_key)) and not job.stored.cancel_requested]
    wanted = [job for job in theirs if job.stored.id not in gone and _is_to_do(job, ledger)]
    return Work(refused, leaving, left, fresh, wanted, ledger)


def _is_undecided(job: LabelJob, ledger: Mapping[str, StepRow]) -> bool:
    """Whether nobody knows what became of it. What a partner has for certain can be called off."""
    return is_open(ledger.get(job.step_key)) and not (isinstance(job, HandoverJob) and job.known is not None)


def _is_to_do(job: HandoverJob, ledger: Mapping[str, StepRow]) -> bool:
    """For an order to be cancelled nothing new is handed over."""
    return job.known is not None or is_open(ledger.get(job.step_key)) or not job.stored.cancel_requested
