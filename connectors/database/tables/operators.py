"""What people did that belongs to no order."""

from sqlalchemy import Index

from connectors.database.tables.base import DatabaseTable, big, growing_number, table_of


class OperatorActionTable(DatabaseTable, table=True):
    """One thing a person did to a queue, and why; never changed, never deleted (triggers refuse it)."""

    __tablename__ = "operator_action"
    __table_args__ = (Index("operator_action_by_time", "occurred_at"),)
    id: int | None = growing_number()
    actor_id: str
    action: str
    subject: str
    reason: str
    occurred_at: int = big()
    previous_hash: str
    hash: str


operator_action = table_of(OperatorActionTable)
