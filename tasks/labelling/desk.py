"""Where things are written: an open transaction of one shop, on behalf of one worker."""

from dataclasses import dataclass

from sqlalchemy import Connection

from connectors.shop import Shop


@dataclass(frozen=True)
class Desk:
    """An open transaction, its shop, and the worker who holds the leases."""

    conn: Connection
    shop: Shop
    owner: str
