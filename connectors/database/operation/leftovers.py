"""What a worker had leased that is certainly dead: due again at once, not only when its leases end."""

from sqlalchemy import Connection, update

from connectors.database.session import now_ms
from connectors.database.statements.claims import FREE
from connectors.database.tables import inbox, orders, outbox

_QUEUES = (inbox, orders, outbox)


def free_leases(conn: Connection, owner: str) -> int:
    """Gives back what this owner and its hands ("owner/1") hold; returns how many rows.

    Only for one whose process is gone: what it was just sending or buying is of unknown fate, as after its lease.
    """
    now, freed = now_ms(conn), 0
    for queue in _QUEUES:
        mine = (queue.c.lease_owner == owner) | queue.c.lease_owner.startswith(f"{owner}/", autoescape=True)
        freed += conn.execute(update(queue).where(queue.c.lease_until > now, mine).values(**FREE)).rowcount
    return freed
