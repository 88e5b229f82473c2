"""What is raised when the database itself cannot serve."""

from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.engine import RootTransaction
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from connectors.errors import OutcomeUnknown, TryAgain


class DatabaseUnavailable(TryAgain):
    """Away, full, locked for too long or restarted: nothing of the transaction was written."""


@contextmanager
def typed_errors() -> Generator[None]:
    """Turns the driver's operational errors into DatabaseUnavailable; the values of a statement are never in it."""
    try:
        yield
    except OperationalError as error:
        raise DatabaseUnavailable(f"the database cannot serve: {_first_line(error)}") from error
    except PoolTimeout as error:
        raise DatabaseUnavailable("every connection of this process to the database is in use") from error


def commit(transaction: RootTransaction) -> None:
    """Commits. Raises OutcomeUnknown where the connection broke before the answer: it may have been written."""
    try:
        transaction.commit()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise OutcomeUnknown(f"the database went away during a commit: {_first_line(error)}") from error
        raise


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).partition("\n")[0]
