"""CSV files in a folder: tables for spreadsheets and for other programs."""

import asyncio
import csv
import fcntl
import os
import re
import unicodedata
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import Field

from connectors.errors import Refused
from connectors.protocols import Document, ReportSink
from connectors.settings import ConnectorSettings

# What a spreadsheet takes for the beginning of a formula.
_FORMULA_SIGNS = frozenset("=+-@")
_FORMULA_CONTROLS = frozenset("\t\r\n")

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
        with _locked(path):
            header, kept = _read(path, harmless(key_column))
            merged = {**kept, **{key: {**kept.get(key, {}), **row} for key, row in written.items()}}
            _replace(path, list(dict.fromkeys([*header, *map(harmless, columns)])), merged)
        return len(written)

    def _path(self, table: str) -> Path:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,99}", table):
            raise Refused("a table's name is letters, digits, spaces, '_' and '-'", field="table", code="invalid_name")
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder / f"{table}.csv"


def harmless(value: Any) -> str:
    """The value as a cell that no spreadsheet runs.

    Text gets an apostrophe if its first visible character is = + - or @, in whatever width, or if it begins with a
    tab or a line break; numbers, also negative ones, are left alone.
    """
    if value is None:
        return ""
    if isinstance(value, (bool, int, float, Decimal)):
        return str(value)
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if text[:1] in _FORMULA_CONTROLS or _first_visible(text) in _FORMULA_SIGNS else text


def _first_visible(text: str) -> str:
    """The first character that is neither space nor control, in its ordinary width."""
    visible = (c for c in text if unicodedata.category(c)[0] not in "ZC")
    return unicodedata.normalize("NFKC", next(visible, ""))[:1]


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


def _replace(path: Path, header: Sequence[str], rows: Rows) -> None:
    """Writes the whole file beside the old one, then puts it in its place in one step."""
    unfinished = path.with_suffix(".tmp")
    with unfinished.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=header, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows.values())
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


@contextmanager
def _locked(path: Path) -> Generator[None]:
    """Holds the table for one writer, across processes; the lock file stays behind empty."""
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
