"""Waiting for the first sync of the inventory, before which no order could be sourced."""

import time

from connectors.database import stock
from connectors.database.session import Database
from deployments.server.server import NotReady


def wait_for_stock(database: Database, seconds: float = 120) -> None:
    """Returns when our books have stock. Raises NotReady."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with database.read() as conn:
            if stock.stock_view(conn, None).levels():
                return
        time.sleep(0.5)
    raise NotReady("the first sync of the inventory brought nothing")
