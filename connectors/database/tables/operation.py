"""What runs the product: policies, credentials, cursors and the signs of life."""

from sqlmodel import Field

from connectors.database.tables.base import DatabaseTable, big, table_of


class PolicyVersionTable(DatabaseTable, table=True):
    """Immutable versions of rules and policy, named by the hash of their content."""

    __tablename__ = "policy_version"
    kind: str = Field(primary_key=True)
    hash: str = Field(primary_key=True)
    document: str
    created_at: int = big()


class PolicyPointerTable(DatabaseTable, table=True):
    """Which version was made active when and by whom; the last row of a kind is in force."""

    __tablename__ = "policy_pointer"
    kind: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    hash: str
    actor_id: str
    activated_at: int = big()


class CredentialTable(DatabaseTable, table=True):
    """Secrets of connectors by environment variable, sealed with a key outside the database."""

    __tablename__ = "credential"
    variable: str = Field(primary_key=True)
    sealed: bytes
    stored_at: int = big()


class ChannelCursorTable(DatabaseTable, table=True):
    """Up to when the orders of a channel have been pulled, and when a sweep of the watch is due next."""

    __tablename__ = "channel_cursor"
    channel: str = Field(primary_key=True)
    position: int = big()


class ScheduleRunTable(DatabaseTable, table=True):
    """Slots of schedules that somebody has taken: one weekly report per week, whatever started twice."""

    __tablename__ = "schedule_run"
    name: str = Field(primary_key=True)
    slot: str = Field(primary_key=True)
    taken_at: int = big()


class WorkerHeartbeatTable(DatabaseTable, table=True):
    """When each worker was last alive."""

    __tablename__ = "worker_heartbeat"
    worker: str = Field(primary_key=True)
    kind: str
    beat_at: int = big()


policy_version = table_of(PolicyVersionTable)
policy_pointer = table_of(PolicyPointerTable)
credential = table_of(CredentialTable)
channel_cursor = table_of(ChannelCursorTable)
schedule_run = table_of(ScheduleRunTable)
worker_heartbeat = table_of(WorkerHeartbeatTable)
