"""What people have ruled about orders, and by whose authority. It survives every new decision."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from connectors.database.tables.base import DatabaseTable, big, big_or_null, one_of, partial_index, table_of


class ApprovalTable(DatabaseTable, table=True):
    """One person's yes to one case. Nobody says it twice, in their own name or in somebody else's."""

    __tablename__ = "approval"
    __table_args__ = (UniqueConstraint("hold_id", "actor_id"), Index("approval_by_order", "order_id"))
    id: str = Field(primary_key=True)
    order_id: str = Field(foreign_key="orders.id")
    hold_id: str = Field(foreign_key="hold.id")
    actor_id: str
    authority: str
    note: str = ""
    given_at: int = big()


class ApprovalGrantTable(DatabaseTable, table=True):
    """The order may pass, as long as it is what was approved (`subject`), at about this estimated cost."""

    __tablename__ = "approval_grant"
    order_id: str = Field(primary_key=True, foreign_key="orders.id")
    subject: str
    cost_minor: int | None = big_or_null()
    currency: str | None = None
    granted_at: int = big()


class DelegationTable(DatabaseTable, table=True):
    """From one person to another, the right to approve, until a moment or until it is taken back."""

    __tablename__ = "delegation"
    __table_args__ = (Index("delegation_by_deputy", "deputy", "until"),)
    id: str = Field(primary_key=True)
    principal: str
    deputy: str
    until: int = big()
    actor_id: str
    created_at: int = big()
    revoked_at: int | None = big_or_null()
    revoked_by: str = ""


class OrderOverrideTable(DatabaseTable, table=True):
    """The location a person chose for an order; it beats rules and strategies in every decision to come."""

    __tablename__ = "order_override"
    order_id: str = Field(primary_key=True, foreign_key="orders.id")
    location: str
    reason: str
    actor_id: str
    chosen_at: int = big()


class LocationRejectionTable(DatabaseTable, table=True):
    """A location that will not ship an order, and why."""

    __tablename__ = "location_rejection"
    order_id: str = Field(primary_key=True, foreign_key="orders.id")
    location: str = Field(primary_key=True)
    reason: str
    actor_id: str
    rejected_at: int = big()


class ButtonPressTable(DatabaseTable, table=True):
    """A button somebody pressed under a message, stored once and carried out by a flow."""

    __tablename__ = "button_press"
    __table_args__ = (
        UniqueConstraint("source", "dedup_key"),
        one_of("state", ("new", "done", "refused")),
        partial_index("button_press_new", "received_at", where="state = 'new'"),
    )
    id: str = Field(primary_key=True)
    source: str
    dedup_key: str
    presser: str
    answer: str
    hold_id: str
    received_at: int = big()
    state: str = "new"
    attempts: int = 0
    outcome: str = ""
    settled_at: int | None = big_or_null()


approval = table_of(ApprovalTable)
approval_grant = table_of(ApprovalGrantTable)
delegation = table_of(DelegationTable)
order_override = table_of(OrderOverrideTable)
location_rejection = table_of(LocationRejectionTable)
button_press = table_of(ButtonPressTable)
