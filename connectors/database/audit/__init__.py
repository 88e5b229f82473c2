"""The audit trail: who did what to which order, and when. Nothing in it can be changed or deleted unseen."""

from connectors.database.audit.actions import ActionRow, actions, note_action
from connectors.database.audit.chain import write_events
from connectors.database.audit.days import seal_days, sealed_days
from connectors.database.audit.search import Search, search
from connectors.database.audit.timeline import EventRow, actors_of, events_between, timeline
from connectors.database.audit.verification import Flaw, verify

__all__ = [
    "ActionRow",
    "EventRow",
    "Flaw",
    "Search",
    "actions",
    "actors_of",
    "events_between",
    "note_action",
    "seal_days",
    "sealed_days",
    "search",
    "timeline",
    "verify",
    "write_events",
]
