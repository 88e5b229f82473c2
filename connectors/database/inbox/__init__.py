"""Deliveries: each stored once before it is acknowledged, read later, and kept for a person where it cannot be read."""

from connectors.database.inbox.deliveries import (
    InboxRow,
    bury_inbox,
    claim_inbox,
    deliveries_due,
    finish_inbox,
    finish_inbox_batch,
    receive,
    retry_inbox,
)
from connectors.database.inbox.gaps import gaps
from connectors.database.inbox.sealing import opened_body, sealed_body
from connectors.database.inbox.unreadable import (
    DeadLetter,
    body_of_letter,
    dead_letters,
    discard_inbox,
    replay_inbox,
)

__all__ = [
    "DeadLetter",
    "InboxRow",
    "body_of_letter",
    "bury_inbox",
    "claim_inbox",
    "dead_letters",
    "deliveries_due",
    "discard_inbox",
    "finish_inbox",
    "finish_inbox_batch",
    "gaps",
    "opened_body",
    "receive",
    "replay_inbox",
    "retry_inbox",
    "sealed_body",
]
