"""The databases tests run on: a SQLite file each time, and PostgreSQL where one is to be had.

PostgreSQL is taken from ORDERFLOW_TEST_POSTGRES_URL, else from 127.0.0.1:5432 as user postgres. Each process of tests
makes a database of its own there and drops it at the end; each test finds its tables empty. Without PostgreSQL such
tests are skipped with the reason, but under CI=true they fail.
"""

import atexit
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NoReturn, cast

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from connectors.database.migrations import migrate
from connectors.database.session import Database
from connectors.database.session.clock import Clock
from connectors.database.tables import metadata

ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
"""What a fixture of databases is parametrised with."""

SERVER = os.environ.get("ORDERFLOW_TEST_POSTGRES_URL") or "postgresql://postgres@127.0.0.1:5432/postgres"


@contextmanager
def empty_database(engine: str, folder: Path, *, clock: Clock | None = None) -> Generator[Database]:
    """A migrated database without rows, closed afterwards."""
    db = Database(sqlite_url(folder) if engine == "sqlite" else postgresql_url(), clock=clock)
    try:
        yield db
    finally:
        db.close()


def memory_database(clock: Clock | None = None) -> Database:
    """A migrated SQLite database in memory, copied from a template in a moment."""
    db = Database("sqlite://", clock=clock)
    template = sqlite3.connect(sqlite_template())
    with db.read() as conn:
        connection = cast(sqlite3.Connection, conn.connection.driver_connection)
        connection.commit()  # a copy needs a connection that is in no transaction
        template.backup(connection)
    template.close()
    return db


def sqlite_url(folder: Path) -> str:
    """The URL of a fresh, migrated SQLite file in this folder."""
    path = folder / "orderflow.db"
    shutil.copyfile(sqlite_template(), path)
    return f"sqlite:///{path}"


def postgresql_url() -> str:
    """The URL of this process's own database on the server, all tables empty. Skips the test where there is none."""
    url = _postgresql_database()
    if url is None:
        _give_up(f"no PostgreSQL answers at {make_url(SERVER).render_as_string()}: set ORDERFLOW_TEST_POSTGRES_URL")
    _empty(url)
    return url


def _give_up(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@cache
def sqlite_template() -> Path:
    folder = tempfile.mkdtemp(prefix="orderflow-template-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder) / "template.db"
    db = Database(f"sqlite:///{path}")
    migrate(db)
    db.close()
    return path


@cache
def _postgresql_database() -> str | None:
    """Makes this process's database and sees to its end; None where no server answers."""
    name = f"orderflow_test_{os.getpid()}"
    try:
        _on_server(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    except OperationalError:
        return None
    atexit.register(_on_server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    # Durability is not what these tests look at, and waiting for the disk would cost most of their time.
    _on_server(f"ALTER DATABASE {name} SET synchronous_commit = off")
    url = make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    db = Database(url)
    migrate(db)
    db.close()
    return url


def _on_server(*statements: str) -> None:
    address = make_url(SERVER).set(drivername="postgresql+psycopg")
    engine = create_engine(address, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    with engine.connect() as conn:
        for statement in statements:
            conn.execute(text(statement))
    engine.dispose()


def _empty(url: str) -> None:
    """Deletes every row, past the triggers that keep the append-only tables: faster than TRUNCATE of few rows."""
    tables = "; ".join(f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables))
    with _cleaner(url).begin() as conn:
        conn.exec_driver_sql(f"SET LOCAL session_replication_role = replica; {tables}")


@cache
def _cleaner(url: str) -> Engine:
    return create_engine(make_url(url).set(drivername="postgresql+psycopg"), pool_size=1)
