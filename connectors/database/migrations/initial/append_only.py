"""The audit trail and the stock ledger are only ever added to: the database itself refuses anything else."""

TABLES = ("order_event", "stock_ledger")

POSTGRESQL_FUNCTION = """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END
    $$
    """

POSTGRESQL_TRIGGER = """
    CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """

SQLITE_TRIGGER = """
    CREATE TRIGGER {table}_refuses_{verb} BEFORE {verb} ON {table}
    BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
    """


def statements(dialect: str) -> list[str]:
    """The triggers of all tables in the words of this engine."""
    function = [POSTGRESQL_FUNCTION] if dialect == "postgresql" else []
    return [*function, *(trigger for table in TABLES for trigger in triggers(dialect, table))]


def triggers(dialect: str, table: str) -> list[str]:
    """The triggers of one table; on PostgreSQL they call a function that must be there."""
    if dialect == "postgresql":
        return [POSTGRESQL_TRIGGER.format(table=table)]
    return [SQLITE_TRIGGER.format(table=table, verb=verb) for verb in ("update", "delete")]


def removal(dialect: str, table: str) -> list[str]:
    """What takes the triggers of one table away, for a revision that must change old rows."""
    if dialect == "postgresql":
        return [f"DROP TRIGGER {table}_append_only ON {table}"]
    return [f"DROP TRIGGER {table}_refuses_{verb}" for verb in ("update", "delete")]
