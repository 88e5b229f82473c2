"""Policies, credentials, cursors and the signs of life."""

STATEMENTS = (
    """
    CREATE TABLE channel_cursor (
        channel VARCHAR NOT NULL, position BIGINT NOT NULL,
        PRIMARY KEY (channel)
    )
    """,
    """
    CREATE TABLE credential (
        variable VARCHAR NOT NULL, sealed {bytes} NOT NULL, stored_at BIGINT NOT NULL,
        PRIMARY KEY (variable)
    )
    """,
    """
    CREATE TABLE policy_pointer (
        kind VARCHAR NOT NULL, seq INTEGER NOT NULL, hash VARCHAR NOT NULL, actor_id VARCHAR NOT NULL,
        activated_at BIGINT NOT NULL,
        PRIMARY KEY (kind, seq)
    )
    """,
    """
    CREATE TABLE policy_version (
        kind VARCHAR NOT NULL, hash VARCHAR NOT NULL, document VARCHAR NOT NULL, created_at BIGINT NOT NULL,
        PRIMARY KEY (kind, hash)
    )
    """,
    """
    CREATE TABLE schedule_run (
        name VARCHAR NOT NULL, slot VARCHAR NOT NULL, taken_at BIGINT NOT NULL,
        PRIMARY KEY (name, slot)
    )
    """,
    """
    CREATE TABLE worker_heartbeat (
        worker VARCHAR NOT NULL, kind VARCHAR NOT NULL, beat_at BIGINT NOT NULL,
        PRIMARY KEY (worker)
    )
    """,
)
