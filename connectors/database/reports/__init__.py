"""What reports need of the books."""

from connectors.database.reports.feedback import Feedback, keep_feedback, scores_since, wrong_parcels_since
from connectors.database.reports.operation import fulfilled_since, stock_figures
from connectors.database.reports.rules import ruled_orders
from connectors.database.reports.stages import piled_up, stays_since
from connectors.database.reports.week import holds_by_reason, order_figures, shipment_figures

__all__ = [
    "Feedback",
    "fulfilled_since",
    "holds_by_reason",
    "keep_feedback",
    "order_figures",
    "piled_up",
    "ruled_orders",
    "scores_since",
    "shipment_figures",
    "stays_since",
    "stock_figures",
    "wrong_parcels_since",
]
