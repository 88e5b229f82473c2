"""Transactions on SQLite and PostgreSQL."""

from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from sqlite3 import SQLITE_BUSY
from typing import Any

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event, make_url
from tenacity import retry, retry_if_exception, stop_after_delay, wait_random

from connectors.database.session.clock import Clock, now_ms
from connectors.database.session.errors import commit, typed_errors
from connectors.database.session.write_turn import WriteTurn

WRITE_WAIT_SECONDS = 30.0

_SQLITE_PRAGMAS = (
    "PRAGMA busy_timeout = 30000",
    # FULL, not NORMAL: a power cut must not forget that a purchase was about to be made.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)

# More statements than we have: one that is kept prepared need not be read again.
_SQLITE_OPTIONS = {"check_same_thread": False, "cached_statements": 512}

# A worker that sleeps inside a transaction must not hold its row locks for ever. What is looked for is looked up rather
# than found by reading tables: docs/decisions/0018.
_POSTGRESQL_SETTINGS = {
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
    "random_page_cost": "1.1",
    "jit": "off",
}


class Database:
    """Our own database at a URL: "sqlite:////abs/path.db", "sqlite://" (in memory) or "postgresql://…".

    "sqlite:///file:/name?vfs=memdb&uri=true" is in memory too, under a name by which this process may open it again.

    `clock` replaces the database's own clock where time is simulated. A SQLite database in memory has one
    connection, which reading and writing take in turns.
    """

    def __init__(self, url: str, *, clock: Clock | None = None, wait_seconds: float = WRITE_WAIT_SECONDS) -> None:
        self.url = url
        address = make_url(url)
        self.is_sqlite = address.get_backend_name() == "sqlite"
        self._in_memory = self.is_sqlite and _is_in_memory(address)
        self._engine = _sqlite_engine(address, self._in_memory) if self.is_sqlite else _postgresql_engine(address)
        self._options: dict[str, Any] = {"clock": clock}
        lock_file = None if self._in_memory else Path(f"{address.database}.lock")
        self._turn = WriteTurn(lock_file, wait_seconds=wait_seconds)

    @contextmanager
    def read(self) -> Generator[Connection]:
        """A connection for reading: on SQLite one snapshot. Raises DatabaseUnavailable."""
        if self._in_memory:
            with self.write() as conn:
                yield conn
            return
        with typed_errors(), self._engine.connect() as plain:
            conn = plain.execution_options(**self._options)
            if self.is_sqlite:
                conn.exec_driver_sql("BEGIN")
            yield conn

    @contextmanager
    def write(self) -> Generator[Connection]:
        """A connection whose changes are committed together at the end, or not at all if anything is raised.

        On SQLite it waits its turn among all threads and processes. Raises DatabaseUnavailable, and OutcomeUnknown
        where the connection broke during the commit. Never call an outside service inside.
        """
        with typed_errors(), self._connected_to_write() as plain:
            conn = plain.execution_options(**self._options)
            with _transaction(conn):
                if self.is_sqlite:
                    conn.exec_driver_sql("BEGIN IMMEDIATE")
                yield conn

    def _connected_to_write(self) -> AbstractContextManager[Connection]:
        return self._turn.taken(self._engine.connect) if self.is_sqlite else self._engine.connect()

    def now_ms(self, conn: Connection) -> int:
        """The time all leases, due times and records are told by, in milliseconds since 1970 UTC."""
        return now_ms(conn)

    def close(self) -> None:
        """Closes the connections; the next use opens new ones."""
        self._engine.dispose()


@contextmanager
def _transaction(conn: Connection) -> Generator[None]:
    transaction = conn.begin()
    try:
        yield
    except BaseException:
        transaction.rollback()
        raise
    commit(transaction)


def _is_in_memory(address: URL) -> bool:
    return address.database in (None, "", ":memory:") or address.query.get("vfs") == "memdb"


def _sqlite_engine(address: URL, in_memory: bool) -> Engine:
    pool: dict[str, Any] = {"poolclass": StaticPool} if in_memory else {"pool_size": 5, "max_overflow": 20}
    engine = create_engine(address, connect_args=_SQLITE_OPTIONS, hide_parameters=True, **pool)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions on its own: a writer begins IMMEDIATE or fails on the upgrade. We say
        # so where it begins; a listener for that would cost at every statement.
        connection.isolation_level = None
        for pragma in _SQLITE_PRAGMAS:
            connection.execute(pragma)
        _keep_a_write_ahead_log(connection)

    return engine


# Of two that open a new file at once SQLite refuses one on the spot: its busy handler is not asked, as waiting would be
# a deadlock. A moment later the other has made the log, which stays with the file, and there is nothing left to do.
@retry(
    retry=retry_if_exception(lambda raised: getattr(raised, "sqlite_errorcode", None) == SQLITE_BUSY),
    wait=wait_random(0.001, 0.02),
    stop=stop_after_delay(5),
    reraise=True,
)
def _keep_a_write_ahead_log(connection: Any) -> None:
    connection.execute("PRAGMA journal_mode = WAL")


def _postgresql_engine(address: URL) -> Engine:
    return create_engine(
        address.set(drivername="postgresql+psycopg"),
        connect_args={"connect_timeout": 10, "options": _options(_POSTGRESQL_SETTINGS)},
        pool_size=5,
        max_overflow=20,
        pool_pre_ping=True,
        hide_parameters=True,
    )


def _options(settings: Mapping[str, str]) -> str:
    return " ".join(f"-c {name}={value}" for name, value in settings.items())
