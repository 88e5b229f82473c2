"""Messages of unknown fate: believed where their service reported them, asked for where it can be asked.

1. A report of the service settles it: taken is sent, refused is given up.
2. A service that can be asked is asked, not before the message had time to appear in its list.
3. What it knows is sent. What it does not know was never sent and goes out now.
4. A service that cannot be asked leaves the message to a person.
"""

from datetime import UTC, datetime

from connectors.database import outbox
from connectors.database.outbox import OutboxRow
from connectors.errors import ConnectorError
from connectors.protocols import Message, Notifier
from connectors.shop import Shop
from tasks.telling.compose import compose
from tasks.telling.facts import Facts, NobodyToTell

ASKED_AT_ONCE = 20
ASKED_AGAIN_SECONDS = 600
NEVER_ASKED_SECONDS = 24 * 3600


async def settle_doubts(shop: Shop) -> int:
    """Ends the doubt about every message it can; returns how many."""
    with shop.database.read() as conn:
        if not outbox.has_doubts(conn):
            return 0
    with shop.database.write() as conn:
        settled = outbox.believe_reports(conn)
        due = outbox.doubts_due(conn, limit=ASKED_AT_ONCE)
    return settled + sum([await _ask(shop, row) for row in due])


async def _ask(shop: Shop, row: OutboxRow) -> bool:
    asked = _question(shop, row)
    if asked is None:
        return _wait(shop, row, NEVER_ASKED_SECONDS)
    notifier, message = asked
    try:
        receipt = await notifier.find(message, datetime.fromtimestamp(row.created_at_ms / 1000, UTC))
    except ConnectorError:
        return _wait(shop, row, ASKED_AGAIN_SECONDS)
    with shop.database.write() as conn:
        return outbox.send_again(conn, row.id) if receipt is None else outbox.confirm_sent(conn, row.id, receipt)


def _question(shop: Shop, row: OutboxRow) -> tuple[Notifier, Message] | None:
    """Whom to ask for which message; None where nobody can be asked."""
    try:
        code, message = compose(shop, row, Facts(shop, [row]))
        notifier = shop.notifier(code)
    except (NobodyToTell, KeyError):
        return None
    return (notifier, message) if notifier.can_be_asked else None


def _wait(shop: Shop, row: OutboxRow, wait_seconds: float) -> bool:
    with shop.database.write() as conn:
        outbox.ask_later(conn, [row.id], wait_seconds)
    return False
