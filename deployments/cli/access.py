"""How commands reach this installation: its settings, its database, and who asks."""

import getpass
import os
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime

from pydantic import ValidationError

from connectors.database.session import Database
from deployments.cli.output import AskedWrongly, CommandFailed
from deployments.home import Home


def current_home() -> Home:
    """The settings of this installation, also told to the connectors, which read the environment.

    Raises AskedWrongly for a setting that cannot be.
    """
    try:
        home = Home.from_environment()
    except ValidationError as error:
        wrong = [f"ORDERFLOW_{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors()]
        raise AskedWrongly("; ".join(wrong)) from None
    for name, text in home.variables().items():
        os.environ.setdefault(name, text)
    return home


@contextmanager
def open_database(home: Home) -> Generator[Database]:
    """The installation's database, closed at the end. Raises CommandFailed where `orderflow init` was never run."""
    if not home.database_file_exists:
        raise CommandFailed(f"there is no database in {home.home}: run `orderflow init` first")
    database = home.database()
    try:
        yield database
    finally:
        database.close()


def actor() -> str:
    """Who the records say it was."""
    return f"user:{getpass.getuser()}"


def moment(epoch_ms: int | None) -> str:
    """A stored time for people, in UTC; empty where there is none."""
    if not epoch_ms:
        return ""
    return datetime.fromtimestamp(epoch_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
