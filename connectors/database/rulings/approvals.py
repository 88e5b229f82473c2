"""Approvals: each person's yes to a case, and the grant that several of them may make."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from connectors.database.session import now_ms
from connectors.database.statements.batch import insert_one, storable, upsert_one
from connectors.database.statements.identifiers import new_id
from connectors.database.tables import approval, approval_grant
from orderflow.money import Money
from orderflow.rulings.authority import Yes


@dataclass(frozen=True)
class ApprovalRow:
    """One yes: who said it, in whose name, to which case."""

    order_id: str
    hold_id: str
    yes: Yes
    note: str
    given_at_ms: int


def give_approval(conn: Connection, order_id: str, hold_id: str, yes: Yes, note: str = "") -> bool:
    """Notes a yes; False where this person has said it to this case before."""
    row = {
        "id": new_id(),
        "order_id": order_id,
        "hold_id": hold_id,
        "actor_id": yes.actor,
        "authority": yes.authority,
        "note": storable(note),
        "given_at": now_ms(conn),
    }
    return insert_one(conn, approval, row)


def approvals_of(conn: Connection, hold_ids: Sequence[str]) -> list[ApprovalRow]:
    """Every yes to these cases, in the order they were given."""
    query = select(approval).where(approval.c.hold_id.in_(list(hold_ids)))
    return [
        ApprovalRow(row.order_id, row.hold_id, Yes(actor=row.actor_id, authority=row.authority), row.note, row.given_at)
        for row in conn.execute(query.order_by(approval.c.given_at, approval.c.id))
    ]


def grant(conn: Connection, order_id: str, subject: str, cost: Money | None) -> None:
    """Lets the order pass at about this cost as long as it is what it is now; replaces an earlier grant."""
    row = {
        "order_id": order_id,
        "subject": subject,
        "cost_minor": cost.minor if cost else None,
        "currency": cost.currency if cost else None,
        "granted_at": now_ms(conn),
    }
    upsert_one(conn, approval_grant, row)
