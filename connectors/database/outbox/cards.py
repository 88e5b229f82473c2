"""Where the routing card of an order stands, by the receipt its service gave for it."""

from sqlalchemy import Connection, select

from connectors.database.outbox.messages import as_message
from connectors.database.tables import outbox

CARD = "routed"


def card_receipt(conn: Connection, order_id: str, to: str) -> str:
    """The receipt of the order's newest card for this recipient; "" where none was sent or it cannot be edited."""
    mine = (outbox.c.order_id == order_id, outbox.c.kind == CARD, outbox.c.state == "sent")
    rows = map(as_message, conn.execute(select(outbox).where(*mine).order_by(outbox.c.sent_at.desc())))
    return next((row.receipt for row in rows if row.payload.get("to") == to), "")
