"""Stock: counted, promised, shipped; every change with its line in the ledger."""

from connectors.database.stock.alerts import StockAlert, alerts_with_times, clear_alerts, raise_alerts, raised_alerts
from connectors.database.stock.changes import changed_since
from connectors.database.stock.counts import CountChange, adjust, note_drift, set_counts, set_safety_stock
from connectors.database.stock.drift import PromiseDrift, promise_drifts
from connectors.database.stock.fulfilment import Shipped, release, ship, ship_batch, unship
from connectors.database.stock.reservations import (
    AlreadyReserved,
    Reservation,
    ReservationRequest,
    reservations_of,
    reserve,
)
from connectors.database.stock.views import known_skus, stock_view

__all__ = [
    "AlreadyReserved",
    "CountChange",
    "PromiseDrift",
    "Reservation",
    "ReservationRequest",
    "Shipped",
    "StockAlert",
    "adjust",
    "alerts_with_times",
    "changed_since",
    "clear_alerts",
    "known_skus",
    "note_drift",
    "promise_drifts",
    "raise_alerts",
    "raised_alerts",
    "release",
    "reservations_of",
    "reserve",
    "set_counts",
    "set_safety_stock",
    "ship",
    "ship_batch",
    "stock_view",
    "unship",
]
