"""The mail that hands a shipment over to a partner that reads mail."""

from connectors.database import shipments
from connectors.database.outbox import OutboxRow
from connectors.protocols.mailed_partner import MailedPartner
from connectors.shop import Shop
from tasks.fulfilling.request import request_of
from tasks.telling.addressing import MAIL, Composed
from tasks.telling.facts import Facts, NobodyToTell


def handover_mail(shop: Shop, row: OutboxRow, facts: Facts) -> Composed:
    """The mail, from what our books say now. Raises NobodyToTell where the shipment is gone meanwhile."""
    stored, _ = facts.of(row)
    with shop.database.read() as conn:
        shipment = shipments.shipments_by_id(conn, [row.payload["shipment_id"]]).get(row.payload["shipment_id"])
    code = row.payload["partner"]
    partner = shop.partner(code)
    if shipment is None or shipment.state != "pending" or not isinstance(partner, MailedPartner):
        raise NobodyToTell("the shipment is not the partner's any more")
    request = request_of(stored, shipment, shop.locations[shipment.location], code)
    return MAIL, partner.mail_of(request, row.dedup_key)
