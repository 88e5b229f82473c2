"""Invoices as CSV files for an accounting program to import: one for each period, replaced as a whole."""

import asyncio
import os
from collections.abc import Sequence
from typing import ClassVar

from connectors.accounting.layout import laid_out, parts_of
from connectors.accounting.settings import InvoiceFileSettings
from connectors.errors import Refused
from connectors.protocols import Document, ReportSink
from connectors.protocols.report_sink import INVOICES
from connectors.tabular.csv_table import locked, replace_file
from connectors.tabular.table_name import file_name


class InvoiceFiles(ReportSink):
    """Files a person imports. What was written for a period before is replaced by what is written for it now."""

    program: ClassVar[str]
    invoices_at_once: ClassVar[int]

    def __init__(self, settings: InvoiceFileSettings) -> None:
        self._folder = settings.folder
        self._layout = settings.layout
        self._date_format = settings.date_format

    def takes(self, table: str) -> bool:
        """The invoices, and nothing else."""
        return table == INVOICES

    async def upsert(self, table: str, key_column: str, columns: Sequence[str], rows: Sequence[Document]) -> int:
        """Writes the files of every period the rows speak of; returns how many lines were written."""
        return await asyncio.to_thread(self._write, rows)

    async def check(self) -> str:
        """Whether files can be written in the folder."""
        self._folder.mkdir(parents=True, exist_ok=True)
        if not os.access(self._folder, os.W_OK):
            raise Refused(f"nothing can be written in {self._folder}", field="folder", code="read_only")
        return "the folder can be written in"

    def _write(self, rows: Sequence[Document]) -> int:
        self._folder.mkdir(parents=True, exist_ok=True)
        for period in dict.fromkeys(str(row["period"]) for row in rows):
            lines = [row for row in rows if str(row["period"]) == period]
            for number, part in enumerate(parts_of(lines, self.invoices_at_once), 1):
                self._write_part(period, number, part)
        return len(rows)

    def _write_part(self, period: str, number: int, lines: Sequence[Document]) -> None:
        name = f"{self.program} invoices {period}" + (f" part {number}" if number > 1 else "")
        path = self._folder / f"{file_name(name)}.csv"
        with locked(path):
            replace_file(path, list(self._layout), [laid_out(line, self._layout, self._date_format) for line in lines])
