"""What is told to the outside: written with its cause, sent once, and shown to people where nobody knows."""

from connectors.database.outbox.cards import card_receipt
from connectors.database.outbox.doubts import ask_later, doubts_due, has_doubts
from connectors.database.outbox.log import Attempt, Delivery, believe_reports, deliveries, keep_reports, note_attempts
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
    "Attempt",
    "Delivery",
    "OutboxItem",
    "OutboxRow",
    "ask_later",
    "begin_sending",
    "believe_reports",
    "bury_outbox",
    "card_receipt",
    "claim_outbox",
    "confirm_sent",
    "deliveries",
    "doubts_due",
    "enqueue",
    "has_doubts",
    "keep_reports",
    "note_attempts",
    "outbox_queue",
    "send_again",
    "send_later",
    "sent",
    "sent_many",
    "uncertain",
]
