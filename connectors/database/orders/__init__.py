"""Orders: taken in once, claimed by lease, changed only with their event."""

from connectors.database.orders.changes import OrderChange, Recorded, StaleOrder, record, record_batch
from connectors.database.orders.claims import Postponement, claim_orders, postpone, postpone_batch
from connectors.database.orders.correction import correct_address
from connectors.database.orders.intake import NewerVersion, OrderExists, insert_order, insert_orders, update_orders
from connectors.database.orders.leases import claim_order, release_lease, unchanged
from connectors.database.orders.stored import StoredOrder, cancelled_among, find_order, load_orders, order_id_of

__all__ = [
    "NewerVersion",
    "OrderChange",
    "OrderExists",
    "Postponement",
    "Recorded",
    "StaleOrder",
    "StoredOrder",
    "cancelled_among",
    "claim_order",
    "claim_orders",
    "correct_address",
    "find_order",
    "insert_order",
    "insert_orders",
    "load_orders",
    "order_id_of",
    "postpone",
    "postpone_batch",
    "record",
    "record_batch",
    "release_lease",
    "unchanged",
    "update_orders",
]
