"""Signs of life of the workers."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

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
    """Every worker there ever was, by name."""
    return [WorkerRow(*row) for row in conn.execute(select(worker_heartbeat).order_by(worker_heartbeat.c.worker))]


def stale_workers(conn: Connection, seconds: float) -> list[WorkerRow]:
    """The workers that have given no sign of life for so long."""
    oldest = now_ms(conn) - round(seconds * 1000)
    return [row for row in workers(conn) if row.beat_at_ms < oldest]
