"""Shipments at fulfilment partners: handed over once, moved on as their partners tell, and given back where refused."""

from connectors.database.fulfillment.handovers import (
    AT_PARTNER,
    HandoverRow,
    NewHandover,
    OpenHandover,
    handovers_of,
    hasten,
    is_at_partner,
    note_changed,
    note_stage,
    open_handovers,
    record_handover,
    wait_again,
)
from connectors.database.fulfillment.refusals import note_refused, note_replanned, split_off

__all__ = [
    "AT_PARTNER",
    "HandoverRow",
    "NewHandover",
    "OpenHandover",
    "handovers_of",
    "hasten",
    "is_at_partner",
    "note_changed",
    "note_refused",
    "note_replanned",
    "note_stage",
    "open_handovers",
    "record_handover",
    "split_off",
    "wait_again",
]
