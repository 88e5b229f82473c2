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
    """The triggers in the words of this engine."""
    if dialect == "postgresql":
        return [POSTGRESQL_FUNCTION, *(POSTGRESQL_TRIGGER.format(table=table) for table in TABLES)]
    return [SQLITE_TRIGGER.format(table=table, verb=verb) for table in TABLES for verb in ("update", "delete")]
