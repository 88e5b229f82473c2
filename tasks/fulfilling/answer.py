"""What a partner told a person, passed on as if the partner's system had told it."""

from connectors.database import fulfillment, shipments
from connectors.database.orders import StoredOrder
from connectors.database.shipments import ShipmentRow
from connectors.protocols import PartnerOrder, PartnerParcel, Stage
from connectors.shop import Shop
from tasks.fulfilling.job import AtPartner, HandoverJob, handover_jobs_of
from tasks.labelling.desk import Desk
from tasks.labelling.save import save


class NotAtPartner(ValueError):
    """No shipment of the order is at a partner, or several are and none was named."""


def pass_on(shop: Shop, owner: str, stored: StoredOrder, told: PartnerOrder, number: int | None = None) -> str:
    """Keeps the partner's answer for a shipment of an order the caller has claimed; returns it in words.

    `number` says which of the order's shipments, where several are at partners. Raises NotAtPartner.
    """
    job = _job(shop, stored, number)
    with shop.database.write() as conn:
        save(Desk(conn, shop, owner), [stored], [AtPartner(job, told)])
    return f"{stored.order.number}: shipment {job.shipment.number} is {told.stage} at {job.partner.code}"


def parcel_sent(carrier: str, tracking_number: str, tracking_url: str = "") -> PartnerOrder:
    """The answer that the parcel has left."""
    return PartnerOrder("", Stage.SHIPPED, PartnerParcel(carrier, tracking_number, tracking_url=tracking_url))


def _job(shop: Shop, stored: StoredOrder, number: int | None) -> HandoverJob:
    with shop.database.read() as conn:
        rows = shipments.shipments_of(conn, [stored.id])
        known = fulfillment.handovers_of(conn, [stored.id])
    found = [job for job in handover_jobs_of(shop, [stored], rows, known) if _is_meant(job, number)]
    if len(found) != 1:
        raise NotAtPartner(f"{stored.order.number} has {len(found)} such shipments at partners, not one")
    return found[0]


def _is_meant(job: HandoverJob, number: int | None) -> bool:
    row: ShipmentRow = job.shipment
    return job.known is not None and job.known.is_at_partner and number in {None, row.number}
