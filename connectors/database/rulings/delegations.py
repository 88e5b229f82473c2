"""Delegations: an approver lets somebody approve in their name until a moment."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from connectors.database.session import now_ms
from connectors.database.statements.batch import insert_rows
from connectors.database.statements.identifiers import new_id
from connectors.database.tables import delegation as delegation_table
from orderflow.rulings.authority import Delegation


@dataclass(frozen=True)
class DelegationRow:
    """One delegation, as stored; `revoked_at_ms` is 0 while it was not taken back."""

    id: str
    delegation: Delegation
    until_ms: int
    actor: str
    created_at_ms: int
    revoked_at_ms: int = 0


def delegate(conn: Connection, delegation: Delegation, *, until_ms: int, actor: str) -> str:
    """Stores a delegation and returns its id. Raises ValueError for one that is over already or to oneself."""
    now = now_ms(conn)
    if until_ms <= now:
        raise ValueError("the delegation would be over before it begins")
    if delegation.principal == delegation.deputy:
        raise ValueError("nobody delegates to themselves")
    row = {"id": new_id(), "until": until_ms, "actor_id": actor, "created_at": now, **delegation.model_dump()}
    insert_rows(conn, delegation_table, [row])
    return row["id"]


def delegations_in_force(conn: Connection, deputy: str) -> list[Delegation]:
    """In whose names this person may act now."""
    table = delegation_table.c
    wanted = (table.deputy == deputy) & (table.until > now_ms(conn)) & table.revoked_at.is_(None)
    rows = conn.execute(select(delegation_table).where(wanted).order_by(table.principal))
    return [_row(row).delegation for row in rows]


def list_delegations(conn: Connection, limit: int = 100) -> list[DelegationRow]:
    """Every delegation, newest first."""
    query = select(delegation_table).order_by(delegation_table.c.created_at.desc(), delegation_table.c.id).limit(limit)
    return [_row(row) for row in conn.execute(query)]


def revoke_delegation(conn: Connection, delegation_id: str, actor: str) -> bool:
    """Takes a delegation back; False where there is none of the id, or it was taken back before."""
    mine = (delegation_table.c.id == delegation_id) & delegation_table.c.revoked_at.is_(None)
    values = {"revoked_at": now_ms(conn), "revoked_by": actor}
    return conn.execute(update(delegation_table).where(mine).values(**values)).rowcount == 1


def _row(row: Any) -> DelegationRow:
    return DelegationRow(
        id=row.id,
        delegation=Delegation(principal=row.principal, deputy=row.deputy),
        until_ms=row.until,
        actor=row.actor_id,
        created_at_ms=row.created_at,
        revoked_at_ms=row.revoked_at or 0,
    )
