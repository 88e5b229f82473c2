"""Deliveries of partners: what their webhooks brought into the inbox has them asked at once."""

import json
from collections import Counter
from collections.abc import Sequence

from connectors.database import fulfillment, inbox
from connectors.database.inbox import InboxRow
from connectors.errors import Unreadable
from connectors.protocols.partner_news import NewsSender
from connectors.shop import Shop

# The inbox names a partner so, for a channel may have the same code.
PARTNER = "partner:"


def is_from_partner(row: InboxRow) -> bool:
    """Whether a fulfilment partner posted it."""
    return row.source.startswith(PARTNER)


def hasten_orders(shop: Shop, rows: Sequence[InboxRow]) -> Counter[str]:
    """Makes the orders the deliveries tell of due, each in a commit of its own; what nobody can read is buried."""
    return sum((_hasten(shop, row) for row in rows), Counter[str]())


def _hasten(shop: Shop, row: InboxRow) -> Counter[str]:
    code = row.source.removeprefix(PARTNER)
    try:
        references = _references(shop, code, row)
    except Unreadable as error:
        reason = f"{error.field}: {error}" if error.field else str(error)
    except Exception as error:  # a document nobody thought of is dead-lettered with its reason
        reason = f"{type(error).__name__}: {error}"
    else:
        with shop.database.write() as conn:
            count = fulfillment.hasten(conn, code, references)
            inbox.finish_inbox(conn, row.id, "" if count else "no shipment of ours is there")
        return Counter(hastened=count)
    with shop.database.write() as conn:
        inbox.bury_inbox(conn, row.id, reason)
    return Counter(unreadable=1)


def _references(shop: Shop, code: str, row: InboxRow) -> tuple[str, ...]:
    partner = shop.partner(code)
    if not isinstance(partner, NewsSender):
        raise Unreadable(f"{code} sends no news of orders", field="source")
    return partner.references(json.loads(inbox.opened_body(shop.vault, row.body)))
