"""People's data: kept sealed, shown to the person, forgotten when asked."""

from connectors.database.privacy.erasure import Erased, erase_orders
from connectors.database.privacy.people import orders_of_person, orders_of_source
from connectors.database.privacy.sealed import KeyUse, key_use, reseal

__all__ = ["Erased", "KeyUse", "erase_orders", "key_use", "orders_of_person", "orders_of_source", "reseal"]
