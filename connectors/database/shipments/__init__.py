"""Shipments: the parcels of an order, from the plan to the door."""

from connectors.database.shipments.planning import plan_beside, plan_shipments, plan_shipments_batch
from connectors.database.shipments.progress import KeptLabel, mark_delivered, mark_labelled, mark_voided
from connectors.database.shipments.rows import (
    ShipmentRow,
    shipment_of_label,
    shipment_tracked,
    shipments_by_id,
    shipments_of,
    shipments_under_way,
)
from connectors.database.shipments.scans import KeptScan, keep_scans, scans_of
from connectors.database.shipments.tracking import (
    TrackingRow,
    begin_tracking,
    claim_tracking,
    late_parcels,
    look_later,
    mark_late_told,
    note_update,
    open_tracking,
    stop_tracking,
    tracking_of,
)

__all__ = [
    "KeptLabel",
    "KeptScan",
    "ShipmentRow",
    "TrackingRow",
    "begin_tracking",
    "claim_tracking",
    "keep_scans",
    "late_parcels",
    "look_later",
    "mark_delivered",
    "mark_labelled",
    "mark_late_told",
    "mark_voided",
    "note_update",
    "open_tracking",
    "plan_beside",
    "plan_shipments",
    "plan_shipments_batch",
    "scans_of",
    "shipment_of_label",
    "shipment_tracked",
    "shipments_by_id",
    "shipments_of",
    "shipments_under_way",
    "stop_tracking",
    "tracking_of",
]
