"""Report sinks: where tables for people go."""

from abc import abstractmethod
from collections.abc import Sequence

from connectors.protocols.connector import Connector
from connectors.protocols.document import Document


class ReportSink(Connector):
    """Where tables for people go: a sheet, a file."""

    @abstractmethod
    async def upsert(self, table: str, key_column: str, columns: Sequence[str], rows: Sequence[Document]) -> int:
        """Writes each row under its key, replacing an older one; returns how many rows were written."""
