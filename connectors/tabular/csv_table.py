"""CSV files as spreadsheets read them: whole, in UTF-8, and with nothing they would run as a formula."""

import csv
import fcntl
import os
import unicodedata
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

# What a spreadsheet takes for the beginning of a formula.
_FORMULA_SIGNS = frozenset("=+-@")
_FORMULA_CONTROLS = frozenset("\t\r\n")


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


def replace_file(path: Path, header: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Writes the whole file beside the old one, then puts it in its place in one step."""
    unfinished = path.with_suffix(".tmp")
    with unfinished.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=header, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Holds the table for one writer, across processes; the lock file stays behind empty."""
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
