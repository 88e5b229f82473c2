"""Parquet files in a folder: tables for programs that analyse, with numbers as numbers."""

import asyncio
import os
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field

from connectors.errors import Refused
from connectors.protocols import Document, ReportSink
from connectors.settings import ConnectorSettings
from connectors.tabular.csv_table import locked
from connectors.tabular.table_name import file_name

_WHOLE = frozenset([int])
_EXACT = frozenset([int, Decimal])
_NUMBERS = frozenset([int, float, Decimal])


class ParquetSettings(ConnectorSettings):
    """The folder the files lie in; it is made where it does not exist."""

    service = "parquet"
    folder: Path = Field(validation_alias="ORDERFLOW_REPORT_FOLDER")


class Parquet(ReportSink):
    """One file for each table, replaced as a whole, so a reader never sees half a table."""

    code = "parquet"
    Settings = ParquetSettings

    def __init__(self, settings: ParquetSettings) -> None:
        self._folder = settings.folder

    def takes(self, table: str) -> bool:
        """Every table, the accounts' too: nobody opens these files by hand."""
        return True

    async def upsert(self, table: str, key_column: str, columns: Sequence[str], rows: Sequence[Document]) -> int:
        """Writes each row under its key, new ones at the end. Raises Refused for a table that is no file name.

        A column of whole numbers, of decimals or of numbers keeps that type; any other is text.
        """
        return await asyncio.to_thread(self._upsert, table, key_column, columns, rows)

    async def check(self) -> str:
        """Whether files can be written in the folder."""
        self._folder.mkdir(parents=True, exist_ok=True)
        if not os.access(self._folder, os.W_OK):
            raise Refused(f"nothing can be written in {self._folder}", field="folder", code="read_only")
        return "the folder can be written in"

    def _upsert(self, table: str, key_column: str, columns: Sequence[str], rows: Sequence[Document]) -> int:
        path = self._folder / f"{file_name(table)}.parquet"
        self._folder.mkdir(parents=True, exist_ok=True)
        with locked(path):
            header, kept = _read(path)
            merged = {str(row[key_column]): row for row in kept}
            for row in rows:
                key = str(row[key_column])
                merged[key] = {**merged.get(key, {}), **row}
            _replace(path, list(dict.fromkeys([*header, *columns])), list(merged.values()))
        return len({str(row[key_column]) for row in rows})


def column_of(values: Sequence[Any]) -> pa.Array:
    """The values as one column, of the narrowest type all of them have."""
    kinds = {type(value) for value in values if value is not None}
    if kinds and kinds <= _WHOLE:
        return pa.array(values, pa.int64())
    if kinds and kinds <= _EXACT:
        return pa.array([None if value is None else Decimal(value) for value in values])
    if kinds and kinds <= _NUMBERS:
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    return pa.array([None if value is None else _text(value) for value in values], pa.string())


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _read(path: Path) -> tuple[list[str], list[dict[str, Any]]]:
    if not path.exists():
        return [], []
    found = pq.read_table(path)
    return found.column_names, found.to_pylist()


def _replace(path: Path, columns: Sequence[str], rows: Sequence[Document]) -> None:
    """Writes the whole file beside the old one, then puts it in its place in one step."""
    unfinished = path.with_suffix(".tmp")
    table = pa.table({name: column_of([row.get(name) for row in rows]) for name in columns})
    with unfinished.open("wb") as file:
        pq.write_table(table, file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
