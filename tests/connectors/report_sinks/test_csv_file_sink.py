"""CSV files: keyed rows, whole files, and nothing a spreadsheet would run."""

import asyncio
import csv
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import registry
from connectors.errors import NotConfigured, Refused
from connectors.report_sinks.csv_file import CsvFile, harmless

COLUMNS = ["Order", "Text", "Cost"]


def _sink(folder: Path) -> CsvFile:
    return registry.build("report_sinks", "csv_file", {"ORDERFLOW_REPORT_FOLDER": str(folder)})


def _upsert(folder: Path, *rows: dict, table: str = "orders", columns=COLUMNS) -> int:
    return asyncio.run(_sink(folder).upsert(table, columns[0], columns, rows))


def _read(folder: Path, table: str = "orders") -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(autouse=True)
def _no_folder_of_this_machine(monkeypatch):
    monkeypatch.delenv("ORDERFLOW_REPORT_FOLDER", raising=False)


@pytest.mark.requirement("OF-89")
def test_the_file_adds_up_to_what_was_written(tmp_path):
    costs = [Decimal("45.10"), Decimal("-12.30"), Decimal("100")]
    _upsert(tmp_path, *({"Order": f"#{n}", "Text": "x", "Cost": cost} for n, cost in enumerate(costs)))
    table = pandas.read_csv(tmp_path / "orders.csv", dtype={"Cost": str})
    assert sum(map(Decimal, table["Cost"])) == sum(costs)
    assert list(table.columns) == COLUMNS


def test_a_row_is_replaced_under_its_key_and_others_stay(tmp_path):
    _upsert(tmp_path, {"Order": "a", "Text": "one", "Cost": 1}, {"Order": "b", "Text": "two", "Cost": -2})
    assert _upsert(tmp_path, {"Order": "b", "Text": "new"}, {"Order": "c", "Text": "three", "Cost": 3}) == 2
    assert [tuple(row.values()) for row in _read(tmp_path)] == [
        ("a", "one", "1"),
        ("b", "new", "-2"),
        ("c", "three", "3"),
    ]


def test_new_columns_are_added_at_the_right(tmp_path):
    _upsert(tmp_path, {"Order": "a", "Text": "one", "Cost": 1})
    _upsert(tmp_path, {"Order": "b", "=Place": 4}, columns=["Order", "=Place"])
    _upsert(tmp_path, {"Order": "b", "=Place": 5}, columns=["Order", "=Place"])
    assert _read(tmp_path) == [
        {"Order": "a", "Text": "one", "Cost": "1", "'=Place": ""},
        {"Order": "b", "Text": "", "Cost": "", "'=Place": "5"},
    ]


DANGEROUS = [
    *("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1", " =1+1", "\ufeff=1+1", "\u200b=1+1"),
    *("＝1+1", "＋1", "－1", "＠SUM(A1)", "﹦1+1", "=cmd|'/c calc'!A0", '=HYPERLINK("https://evil.example")', "-5"),
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_a_spreadsheet_would_run_is_quoted_and_stays_findable(tmp_path, text):
    for cost in (1, 2):
        _upsert(tmp_path, {"Order": text, "Text": text, "Cost": cost})
    (row,) = _read(tmp_path)
    assert row == {"Order": f"'{text}", "Text": f"'{text}", "Cost": "2"}


@given(st.text())
def test_no_cell_of_text_begins_like_a_formula(text):
    assert harmless(text).lstrip(" \t\r\n")[:1] not in {*"=+-@＝＋－＠"}


@pytest.mark.parametrize("number", [-5, -5.5, Decimal("-5.50"), 0, True])
def test_a_number_is_left_as_a_number(number):
    assert harmless(number) == str(number)


def test_ordinary_text_is_left_alone():
    for text in ("Widget Pro", "a=b", "#1001", "✓ Good", "O'Brien", ""):
        assert harmless(text) == text
    assert harmless(None) == ""


@pytest.mark.parametrize("table", ["../orders", "a/b", "", ".hidden", "a\x00b", "x" * 101])
def test_a_table_that_is_no_file_name_is_refused(tmp_path, table):
    with pytest.raises(Refused) as refused:
        _upsert(tmp_path, {"Order": "a"}, table=table)
    assert refused.value.field == "table"
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_setting_is_named_and_a_missing_folder_made(tmp_path):
    with pytest.raises(NotConfigured, match="ORDERFLOW_REPORT_FOLDER"):
        registry.build("report_sinks", "csv_file", {})
    _upsert(tmp_path / "reports" / "2024", {"Order": "a"})
    assert len(_read(tmp_path / "reports" / "2024")) == 1


def test_a_failed_write_leaves_the_old_file_whole(tmp_path, monkeypatch):
    _upsert(tmp_path, {"Order": "a", "Text": "one", "Cost": 1})

    def no_space(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="No space left"):
        _upsert(tmp_path, {"Order": "b", "Text": "two", "Cost": 2})
    assert [row["Order"] for row in _read(tmp_path)] == ["a"]


WRITER = """
import asyncio, pathlib, sys
from connectors.report_sinks.csv_file import CsvFile, CsvFileSettings
folder = pathlib.Path(sys.argv[1])
sink = CsvFile(CsvFileSettings.load({"ORDERFLOW_REPORT_FOLDER": str(folder)}))
print("ready", flush=True)
sys.stdin.readline()
for number in range(20):
    asyncio.run(sink.upsert("orders", "Order", ["Order"], [{"Order": f"{sys.argv[2]}-{number}"}]))
"""


def _writer(folder: Path, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), name]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_two_processes_writing_at_once_lose_no_row(tmp_path):
    writers = [_writer(tmp_path, name) for name in ("a", "b")]
    assert [writer.stdout.readline() for writer in writers] == ["ready\n", "ready\n"]
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=60)
    assert [writer.returncode for writer in writers] == [0, 0]
    assert sorted(row["Order"] for row in _read(tmp_path)) == sorted(f"{n}-{i}" for n in "ab" for i in range(20))
