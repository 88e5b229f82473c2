"""Signs of life of the workers."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from connectors.database.session import now_ms
from connectors.database.statements.batch import upsert_one
from connectors.database.tables import worker_heartbeat


@dataclass(frozen=True)
class WorkerRow:
    """When a worker was last alive."""

    worker: str
    kind: str
    beat_at_ms: int


def beat(conn: Connection, worker: str, kind: str) -> None:
    """Says that the worker is alive."""
    upsert_one(conn, worker_heartbeat, {"worker": worker, "kind": kind, "beat_at": now_ms(conn)})


def workers(conn: Connection) -> list[WorkerRow]:
    """Every worker of the last days, by name."""
    return [WorkerRow(*row) for row in conn.execute(select(worker_heartbeat).order_by(worker_heartbeat.c.worker))]


def forget_workers(conn: Connection, seconds: float) -> int:
    """Forgets who gave no sign of life for so long, as every shift that ended does; returns how many."""
    silent = worker_heartbeat.c.beat_at < now_ms(conn) - round(seconds * 1000)
    return conn.execute(delete(worker_heartbeat).where(silent)).rowcount


def stale_workers(conn: Connection, seconds: float) -> list[WorkerRow]:
    """The workers that have given no sign of life for so long."""
    oldest = now_ms(conn) - round(seconds * 1000)
    return [row for row in workers(conn) if row.beat_at_ms < oldest]
