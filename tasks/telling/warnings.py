"""The words about what went wrong with the telling itself."""

from connectors.database.outbox import OutboxRow
from connectors.shop import Shop
from orderflow.notices.staff.alerts import Alert, AlertKind
from tasks.telling.addressing import Composed, to_staff


def digest(_: Shop, row: OutboxRow) -> Composed:
    """How many things wait for a person."""
    return to_staff(_warning(f"{row.payload['count']} {row.payload['what']} wait for a person"), row)


def endpoint_switched_off(_: Shop, row: OutboxRow) -> Composed:
    """An address of outgoing webhooks that took nothing for days, and how to switch it on again."""
    remedy = "mend it, then run `orderflow webhooks enable`"
    return to_staff(_warning(f"Nothing more is sent to {row.payload['host']}: {remedy}"), row)


def _warning(headline: str) -> Alert:
    return Alert(kind=AlertKind.BOTTLENECK, subject=headline, headline=headline, link="", facts=(), short_text="")
