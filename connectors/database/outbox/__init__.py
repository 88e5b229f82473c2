"""What is told to the outside: written with its cause, sent once, and shown to people where nobody knows."""

from connectors.database.outbox.messages import OutboxItem, OutboxRow
from connectors.database.outbox.queue import begin_sending, claim_outbox, enqueue
from connectors.database.outbox.results import (
    bury_outbox,
    confirm_sent,
    outbox_queue,
    send_again,
    send_later,
    sent,
    sent_many,
    uncertain,
)

__all__ = [
    "OutboxItem",
    "OutboxRow",
    "begin_sending",
    "bury_outbox",
    "claim_outbox",
    "confirm_sent",
    "enqueue",
    "outbox_queue",
    "send_again",
    "send_later",
    "sent",
    "sent_many",
    "uncertain",
]
