"""Shipments: the parcels of an order, from the plan to the door."""

from connectors.database.shipments.planning import plan_shipments, plan_shipments_batch
from connectors.database.shipments.progress import mark_delivered, mark_labelled, mark_voided
from connectors.database.shipments.rows import ShipmentRow, shipment_tracked, shipments_of, shipments_under_way

__all__ = [
    "ShipmentRow",
    "mark_delivered",
    "mark_labelled",
    "mark_voided",
    "plan_shipments",
    "plan_shipments_batch",
    "shipment_tracked",
    "shipments_of",
    "shipments_under_way",
]
