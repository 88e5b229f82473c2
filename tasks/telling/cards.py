"""The routing card of an order in a channel: edited in place as the order goes on, with what follows under it."""

from dataclasses import replace

from connectors.database import outbox
from connectors.database.outbox import OutboxRow
from connectors.protocols import Message
from connectors.shop import Shop

_CARDS = frozenset({"routed", "progress"})


def card_place(shop: Shop, row: OutboxRow) -> str:
    """The receipt of the card that stands where this row goes; "" where there is none."""
    if not row.order_id:
        return ""
    with shop.database.read() as conn:
        return outbox.card_receipt(conn, row.order_id, row.payload["to"])


def under_card(shop: Shop, row: OutboxRow, message: Message) -> Message:
    """The message in place of the card if it is the card, else as an answer under it; unchanged without a card."""
    place = card_place(shop, row)
    if row.kind in _CARDS:
        return replace(message, replaces=place)
    return replace(message, in_reply_to=place)
