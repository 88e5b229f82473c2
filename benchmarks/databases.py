"""Databases to be measured on: a SQLite file each time, and a PostgreSQL database where a server answers."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from connectors.database.migrations import migrate
from connectors.database.session import Database

SERVER = os.environ.get("ORDERFLOW_TEST_POSTGRES_URL") or "postgresql://postgres@127.0.0.1:5432/postgres"


@contextmanager
def empty_postgresql(name: str) -> Generator[str | None]:
    """The URL of a fresh database of this name, dropped afterwards; None where no server answers."""
    address = make_url(SERVER)
    admin = create_engine(address.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    drop = text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    try:
        with admin.connect() as conn:
            conn.execute(drop)
            conn.execute(text(f"CREATE DATABASE {name}"))
    except OperationalError:
        yield None
        return
    try:
        yield address.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as conn:
            conn.execute(drop)
        admin.dispose()


@contextmanager
def migrated_database(engine: str) -> Generator[Database | None]:
    """A database with all tables and no rows, gone afterwards; None where it is PostgreSQL and none answers."""
    with TemporaryDirectory(prefix="orderflow-bench-") as folder, empty_postgresql("orderflow_bench_rows") as server:
        url = f"sqlite:///{Path(folder) / 'orderflow.db'}" if engine == "sqlite" else server
        if url is None:
            yield None
            return
        db = Database(url)
        migrate(db)
        try:
            yield db
        finally:
            db.close()
