"""A connection to our own database: one transaction at a time, on SQLite or PostgreSQL."""

from connectors.database.session.clock import milliseconds, moment, now_ms
from connectors.database.session.connection import Database
from connectors.database.session.errors import DatabaseUnavailable

__all__ = ["Database", "DatabaseUnavailable", "milliseconds", "moment", "now_ms"]
