"""Report sinks: where tables for people go."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from connectors.protocols.connector import Connector
from connectors.protocols.document import Document

# The table of what customers owe, one row for each line of an invoice; only sinks of accounts take it.
INVOICES = "Invoices"


class ReportSink(Connector):
    """Where tables for people go: a sheet, a file, a service that keeps accounts.

    `repeat_is_harmless` says whether rows of unknown fate may be written again; a sink that only appends gets each
    report once.
    """

    repeat_is_harmless: ClassVar[bool] = True

    def takes(self, table: str) -> bool:
        """Whether this table is any of the sink's business; most take every one but the accounts'."""
        return table != INVOICES

    @abstractmethod
    async def upsert(self, table: str, key_column: str, columns: Sequence[str], rows: Sequence[Document]) -> int:
        """Writes each row under its key, replacing an older one; returns how many rows were written."""
