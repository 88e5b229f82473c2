"""CSV files in a folder: tables for spreadsheets and for other programs."""

import asyncio
import csv
import os
from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from connectors.errors import Refused
from connectors.protocols import Document, ReportSink
from connectors.settings import ConnectorSettings
from connectors.tabular.csv_table import harmless, locked, replace_file
from connectors.tabular.table_name import file_name

Rows = dict[str, dict[str, str]]


class CsvFileSettings(ConnectorSettings):
    """The folder the files lie in; it is made where it does not exist."""

    service = "csv_file"
    folder: Path = Field(validation_alias="ORDERFLOW_REPORT_FOLDER")


class CsvFile(ReportSink):
    """One file for each table, replaced as a whole, so a reader never sees half a table."""

    code = "csv_file"
    Settings = CsvFileSettings

    def __init__(self, settings: CsvFileSettings) -> None:
        self._folder = settings.folder

    async def upsert(self, table: str, key_column: str, columns: Sequence[str], rows: Sequence[Document]) -> int:
        """Writes each row under its key, new ones at the end. Raises Refused for a table that is no file name.

        The file is UTF-8 with a byte order mark, as spreadsheets expect it. Text that a spreadsheet would run as a
        formula gets an apostrophe in front; numbers stay numbers.
        """
        return await asyncio.to_thread(self._upsert, table, key_column, columns, rows)

    async def check(self) -> str:
        """Whether files can be written in the folder."""
        self._folder.mkdir(parents=True, exist_ok=True)
        if not os.access(self._folder, os.W_OK):
            raise Refused(f"nothing can be written in {self._folder}", field="folder", code="read_only")
        return "the folder can be written in"

    def _upsert(self, table: str, key_column: str, columns: Sequence[str], rows: Sequence[Document]) -> int:
        path = self._path(table)
        written = {harmless(row[key_column]): _cells(row) for row in rows}
        with locked(path):
            header, kept = _read(path, harmless(key_column))
            merged = {**kept, **{key: {**kept.get(key, {}), **row} for key, row in written.items()}}
            replace_file(path, list(dict.fromkeys([*header, *map(harmless, columns)])), merged.values())
        return len(written)

    def _path(self, table: str) -> Path:
        path = self._folder / f"{file_name(table)}.csv"
        self._folder.mkdir(parents=True, exist_ok=True)
        return path


def _cells(row: Document) -> dict[str, str]:
    return {harmless(name): harmless(value) for name, value in row.items()}


def _read(path: Path, key_column: str) -> tuple[list[str], Rows]:
    """The header and the rows as they stand, by key; both empty where there is no file yet."""
    if not path.exists():
        return [], {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        rows = {row.get(key_column) or "": row for row in reader}
        return list(reader.fieldnames or []), rows
