"""The packaged migrations make exactly the tables the code uses."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from databases import postgresql_url
from sqlalchemy import Engine, create_engine, inspect, make_url, text
from sqlalchemy.exc import DBAPIError

from connectors.database.migrations import is_current, migrate
from connectors.database.session import Database
from connectors.database.tables import metadata

HISTORY = "alembic_version"


def schema_of(engine: Engine, schema: str | None = None) -> dict[str, Any]:
    """Everything the engine tells of every table, in a form that can be compared."""
    look = inspect(engine)
    return {
        name: {
            "columns": [(c["name"], repr(c["type"]), c["nullable"]) for c in look.get_columns(name, schema)],
            "key": look.get_pk_constraint(name, schema)["constrained_columns"],
            "unique": sorted(str(u["column_names"]) for u in look.get_unique_constraints(name, schema)),
            "checks": sorted(c["sqltext"].replace("\n", "") for c in look.get_check_constraints(name, schema)),
            "indexes": sorted(repr(_index(i)) for i in look.get_indexes(name, schema)),
            "parents": sorted(
                str((f["constrained_columns"], f["referred_table"])) for f in look.get_foreign_keys(name, schema)
            ),
        }
        for name in look.get_table_names(schema)
        if name != HISTORY
    }


def _index(index: Any) -> tuple[Any, ...]:
    where = {key: str(value) for key, value in index.get("dialect_options", {}).items() if key.endswith("where")}
    return index["name"], index["column_names"], bool(index["unique"]), where


def test_the_migrated_schema_is_that_of_the_tables_on_sqlite(tmp_path: Path) -> None:
    migrated, direct = (create_engine(f"sqlite:///{tmp_path / name}") for name in ("migrated.db", "direct.db"))
    migrate(Database(f"sqlite:///{tmp_path / 'migrated.db'}"))
    metadata.create_all(direct)
    found, wanted = schema_of(migrated), schema_of(direct)
    assert found.keys() == {table.name for table in metadata.sorted_tables}
    for name, table in wanted.items():
        assert _compact(found[name]) == _compact(table)


def _compact(table: dict[str, Any]) -> dict[str, Any]:
    """SQLite gives checks back as they were typed: spaces do not count."""
    return {**table, "checks": sorted("".join(check.split()) for check in table["checks"])}


@pytest.mark.postgresql
def test_the_migrated_schema_is_that_of_the_tables_on_postgresql() -> None:
    engine = create_engine(make_url(postgresql_url()).set(drivername="postgresql+psycopg"))
    with engine.begin() as conn:
        conn.execute(text("CREATE SCHEMA direct"))
        conn.execute(text("SET search_path TO direct"))
        metadata.create_all(conn)
    try:
        found, wanted = schema_of(engine, "public"), schema_of(engine, "direct")
    finally:
        with engine.begin() as conn:
            conn.execute(text("DROP SCHEMA direct CASCADE"))
        engine.dispose()
    assert found == wanted


def test_migrating_again_changes_nothing_and_works_from_anywhere(
    db: Database, monkeypatch: Any, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert is_current(db)
    migrate(db)
    assert is_current(db)


def test_a_database_without_tables_is_not_current(tmp_path: Path) -> None:
    assert not is_current(Database(f"sqlite:///{tmp_path / 'fresh.db'}"))


def test_two_workers_that_start_at_once_migrate_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'fresh.db'}"
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: migrate(Database(url)), range(4)))
    assert is_current(Database(url))


@pytest.mark.requirement("OMS-05")
@pytest.mark.parametrize("statement", ["UPDATE order_event SET note = 'another story'", "DELETE FROM order_event"])
def test_the_audit_trail_cannot_be_changed(db: Database, make_order: Any, paid_orders: Any, statement: str) -> None:
    paid_orders(make_order())
    with pytest.raises(DBAPIError, match="append-only"), db.write() as conn:
        conn.execute(text(statement))


@pytest.mark.requirement("OMS-41")
def test_an_event_has_the_fields_of_the_record(db: Database) -> None:
    with db.read() as conn:
        columns = {column["name"]: column["nullable"] for column in inspect(conn).get_columns("order_event")}
    required = {"order_id": False, "from_status": True, "to_status": False, "actor_id": False, "occurred_at": False}
    assert {**required, "note": True}.items() <= columns.items()
