"""How long a message that did not go out waits for its next try, and when it is given up.

Webhooks keep to what Standard Webhooks recommends to senders: ten tries within about three days
(https://github.com/standard-webhooks/standard-webhooks, "Deliverability and reliability"). Messages to people are old
news much sooner: eight tries within three quarters of an hour.
"""

from connectors.database.outbox import OutboxRow

_PEOPLE_SECONDS = (2, 4, 8, 30, 120, 600, 1800)
_MINUTE, _HOUR = 60, 3600
_WEBHOOK_SECONDS = (5, 5 * _MINUTE, 30 * _MINUTE, *(hours * _HOUR for hours in (2, 5, 10, 14, 20, 24)))

TRIES_BEFORE_DEAD = len(_PEOPLE_SECONDS) + 1
WEBHOOK = "event"


def wait_before_next(row: OutboxRow, asked_seconds: float) -> float | None:
    """Seconds until the next try, at least as long as the service asked for; None where the message is given up."""
    waits = _WEBHOOK_SECONDS if row.kind == WEBHOOK else _PEOPLE_SECONDS
    if row.attempts > len(waits):
        return None
    return max(float(waits[row.attempts - 1]), asked_seconds)
