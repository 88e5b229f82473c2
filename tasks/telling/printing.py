"""Labels put on paper where their location has a printer: each once, again after a failure, then told to the team."""

from connectors.database import outbox
from connectors.database.outbox import OutboxRow
from connectors.errors import Refused, TryAgain
from connectors.protocols import PrintJob
from connectors.shop import Shop
from tasks.labelling.keep import label_attachment
from tasks.telling.announce import after_failed_printing
from tasks.telling.facts import Facts, NobodyToTell
from tasks.telling.outcomes.patience import TRIES_BEFORE_DEAD


async def print_label(shop: Shop, row: OutboxRow, facts: Facts) -> str:
    """Prints the label of the row's parcel at the row's printer; returns the queue's number of the job.

    Raises what the printer raises, NobodyToTell for a void label. Where it is given up the team gets the label instead.
    """
    try:
        return await _print(shop, row, facts)
    except NobodyToTell:
        raise
    except (TryAgain, Refused) as error:
        if isinstance(error, Refused) or row.attempts >= TRIES_BEFORE_DEAD:
            with shop.database.write() as conn:
                outbox.enqueue(conn, after_failed_printing(shop, row.order_id, row.payload["shipment_id"]))
        raise


async def _print(shop: Shop, row: OutboxRow, facts: Facts) -> str:
    stored, rows = facts.of(row)
    parcel = next(item for item in rows if item.id == row.payload["shipment_id"])
    if parcel.state == "voided":
        raise NobodyToTell("the label is void")
    files = label_attachment(parcel)
    if not files:
        raise Refused(f"the label of parcel {parcel.number} came without a file", code="no_file")
    name, media_type, document = files[0]
    address = row.payload["to"].removeprefix("printer:")
    job = PrintJob(f"{stored.order.number} {name}", media_type, document)
    return await shop.printer(address).print_job(address, job)
