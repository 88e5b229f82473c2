"""The audit trail: who did what to which order, and when. Nothing in it can be changed or deleted unseen."""

from connectors.database.audit.chain import write_events
from connectors.database.audit.days import seal_days, sealed_days
from connectors.database.audit.search import Search, search
from connectors.database.audit.timeline import EventRow, actors_of, events_between, timeline
from connectors.database.audit.verification import Flaw, verify

__all__ = [
    "EventRow",
    "Flaw",
    "Search",
    "actors_of",
    "events_between",
    "seal_days",
    "sealed_days",
    "search",
    "timeline",
    "verify",
    "write_events",
]
