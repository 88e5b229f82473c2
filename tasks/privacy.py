"""What people ask about their data, as a channel passes it on: forgetting is done at once, handing out by a person."""

from collections.abc import Sequence

from sqlalchemy import Connection

from connectors.database import outbox
from connectors.database.privacy import erase_orders, orders_of_source
from connectors.labels.files import delete_files
from connectors.protocols.privacy import PrivacyRequest
from connectors.shop import Shop
from tasks.telling.announce import operations_items


def carry_out(conn: Connection, shop: Shop, source: str, request: PrivacyRequest, key: str) -> None:
    """Does what was asked, in the caller's commit; label files go at once, because a repeat finds them gone.

    Operations hear of what only a person can do: handing data out, and orders that still have a way to go. `key` makes
    the message one.
    """
    ids = orders_of_source(conn, source, request.order_external_ids)
    if request.wanted == "hand_out":
        _ask(conn, shop, key, "hand_out", ids)
        return
    done = erase_orders(conn, ids, actor=f"channel:{source}", reason="asked for through the channel")
    delete_files(done.files)
    if done.still_open:
        _ask(conn, shop, key, "forget_later", done.still_open)


def _ask(conn: Connection, shop: Shop, key: str, finding: str, order_ids: Sequence[str]) -> None:
    about = {"finding": finding, "count": len(order_ids), "where": list(order_ids)}
    outbox.enqueue(conn, operations_items(shop, "swept", "", f"privacy/{key}", about))
