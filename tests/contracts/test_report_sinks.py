"""What is promised of every report sink, checked on each one the registry knows."""

import asyncio
import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sandbox_server import RunningSandbox, running_sandbox

from connectors.errors import NotConfigured, OutcomeUnknown, Refused, TryAgain
from connectors.registry import build, connectors_of

ALL = tuple(connectors_of("report_sinks"))
Row = dict[str, Any]

REPORT = ("Weekly report", "key", ("key", "figure", "value"))
ROWS: list[Row] = [
    {"key": f"2026-W47 {name}", "figure": name, "value": value} for name, value in (("orders", 7), ("fulfilled", 5))
]
INVOICE_COLUMNS = (
    *("key", "period", "invoice_number", "customer", "email", "invoice_date", "due_date", "line_no", "sku"),
    *("description", "quantity", "unit_price", "amount", "currency", "order_total", "source"),
)
INVOICES = ("Invoices", "key", INVOICE_COLUMNS)


def line(number: str, line_no: int, **changes: Any) -> Row:
    """One line of an invoice: two units at 10.25."""
    values = {
        "key": f"{number}/{line_no}",
        "period": "2026-W47",
        "invoice_number": number,
        "customer": "Ada Baker",
        "email": "ada@example.com",
        "invoice_date": "2026-11-20",
        "due_date": "2026-11-20",
        "line_no": line_no,
        "sku": "LAMP",
        "description": "Lamp (LAMP)",
        "quantity": 2,
        "unit_price": Decimal("10.25"),
        "amount": Decimal("20.50"),
        "currency": "USD",
        "order_total": Decimal("41.00"),
        "source": "shopify",
    }
    return values | changes


LINES = [line("1001", 1), line("1001", 2), line("1002", 1)]


@dataclass(frozen=True)
class Place:
    """How a sink is reached, what it takes, and how often each key stands there afterwards."""

    variables: Callable[[str, Path], dict[str, str]]
    takes: tuple[str, str, tuple[str, ...]]
    rows: list[Row]
    found: Callable[[RunningSandbox, Path], list[str]]
    needed: str = "ORDERFLOW_REPORT_FOLDER"
    service: str = ""
    operation: str = ""


def folder_variables(_: str, folder: Path) -> dict[str, str]:
    return {"ORDERFLOW_REPORT_FOLDER": str(folder)}


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def invoices_in(name: str, column: str) -> Callable[[RunningSandbox, Path], list[str]]:
    def found(_: RunningSandbox, folder: Path) -> list[str]:
        path = folder / f"{name} invoices 2026-W47.csv"
        return [row[column] for row in csv_rows(path)] if path.exists() else []

    return found


def sheet_rows(sandbox: RunningSandbox, _: Path) -> list[str]:
    return [row[0] for sheet in sandbox.books("google_sheets").entries("sheets") for row in sheet["rows"][1:]]


PLACES = {
    "csv_file": Place(
        folder_variables,
        REPORT,
        ROWS,
        lambda _, folder: [row["key"] for path in folder.glob("Weekly*.csv") for row in csv_rows(path)],
    ),
    "parquet": Place(
        folder_variables,
        REPORT,
        ROWS,
        lambda _, folder: [row["key"] for path in folder.glob("*.parquet") for row in pq.read_table(path).to_pylist()],
    ),
    "google_sheets": Place(
        lambda url, _: {
            "GOOGLE_SHEETS_SPREADSHEET_ID": "book",
            "GOOGLE_SHEETS_TOKEN": "ya29.token",
            "GOOGLE_SHEETS_BASE_URL": f"{url}/google_sheets",
        },
        REPORT,
        ROWS,
        sheet_rows,
        needed="GOOGLE_SHEETS_SPREADSHEET_ID",
        service="google_sheets",
        operation="*",
    ),
    "power_bi": Place(
        lambda url, _: {
            "POWER_BI_TENANT_ID": "tenant-0001",
            "POWER_BI_CLIENT_ID": "client-0001",
            "POWER_BI_CLIENT_SECRET": "secret-0001",
            "POWER_BI_DATASET_ID": "dataset-1",
            "POWER_BI_BASE_URL": f"{url}/power_bi",
            "POWER_BI_LOGIN_URL": f"{url}/power_bi",
        },
        REPORT,
        ROWS,
        lambda sandbox, _: [entry["row"]["key"] for entry in sandbox.books("power_bi").entries("rows")],
        needed="POWER_BI_TENANT_ID",
        service="power_bi",
        operation="push",
    ),
    "quickbooks_csv": Place(folder_variables, INVOICES, LINES, invoices_in("QuickBooks", "*Invoice number")),
    "xero_csv": Place(folder_variables, INVOICES, LINES, invoices_in("Xero", "*InvoiceNumber")),
    "netsuite_csv": Place(folder_variables, INVOICES, LINES, invoices_in("NetSuite", "External ID")),
    "xero": Place(
        lambda url, _: {
            "XERO_CLIENT_ID": "client-0001",
            "XERO_CLIENT_SECRET": "secret-0001",
            "XERO_TENANT_ID": "tenant-1",
            "XERO_BASE_URL": f"{url}/xero/api.xro/2.0",
            "XERO_LOGIN_URL": f"{url}/xero",
        },
        INVOICES,
        LINES,
        lambda sandbox, _: [
            entry["invoice_number"] for entry in sandbox.books("xero").entries("invoices") for _ in entry["lines"]
        ],
        needed="XERO_CLIENT_ID",
        service="xero",
        operation="post",
    ),
}
SERVICES = [code for code in ALL if PLACES[code].service]
FILES = [code for code in ALL if not PLACES[code].service]
REPEATABLE = [code for code in ALL if connectors_of("report_sinks")[code].repeat_is_harmless]


@pytest.fixture(scope="module")
def server() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def sandbox(server: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> RunningSandbox:
    server.forget()
    for connector in connectors_of("report_sinks").values():
        for variable in connector.Settings.variables():
            monkeypatch.delenv(variable, raising=False)
    return server


def write(sandbox: RunningSandbox, folder: Path, code: str, *batches: list[Row], **variables: str) -> list[int]:
    place = PLACES[code]

    async def all_of_them() -> list[int]:
        sink = build("report_sinks", code, place.variables(sandbox.url, folder) | variables)
        counts = [await sink.upsert(*place.takes, rows) for rows in batches or [place.rows]]
        if hasattr(sink, "aclose"):
            await sink.aclose()
        return counts

    return asyncio.run(all_of_them())


def keys(code: str) -> list[str]:
    place = PLACES[code]
    return [row["invoice_number" if place.takes is INVOICES else "key"] for row in place.rows]


def test_every_sink_is_in_this_suite() -> None:
    assert set(PLACES) == set(ALL)


@pytest.mark.requirement("OF-88", "OF-89", "OF-90")
@pytest.mark.parametrize("code", ALL)
def test_every_row_is_there_once(sandbox: RunningSandbox, tmp_path: Path, code: str) -> None:
    assert write(sandbox, tmp_path, code) == [len(PLACES[code].rows)]
    assert PLACES[code].found(sandbox, tmp_path) == keys(code)


@pytest.mark.parametrize("code", REPEATABLE)
def test_rows_written_again_replace_themselves(sandbox: RunningSandbox, tmp_path: Path, code: str) -> None:
    write(sandbox, tmp_path, code, PLACES[code].rows, PLACES[code].rows)
    write(sandbox, tmp_path, code)
    assert PLACES[code].found(sandbox, tmp_path) == keys(code)


@pytest.mark.requirement("LANE-17")
@pytest.mark.parametrize("code", SERVICES)
def test_a_service_that_asks_to_wait_has_certainly_taken_nothing(
    sandbox: RunningSandbox, tmp_path: Path, code: str
) -> None:
    place = PLACES[code]
    sandbox.fail(place.service, place.operation, "rate_limited", seconds=7)
    with pytest.raises(TryAgain) as later:
        write(sandbox, tmp_path, code)
    assert later.value.wait_seconds == (60 if code == "google_sheets" else 7)
    assert place.found(sandbox, tmp_path) == []


@pytest.mark.parametrize("code", [code for code in SERVICES if code != "google_sheets"])
@pytest.mark.parametrize("mode", ["cut_off", "error_500_done"])
def test_rows_of_unknown_fate_are_called_so_and_a_repeat_doubles_nothing_where_the_sink_says_so(
    sandbox: RunningSandbox, tmp_path: Path, code: str, mode: str
) -> None:
    place = PLACES[code]
    sandbox.fail(place.service, place.operation, mode)
    with pytest.raises(OutcomeUnknown):
        write(sandbox, tmp_path, code)
    assert place.found(sandbox, tmp_path) == keys(code)
    write(sandbox, tmp_path, code)
    times = 1 if code in REPEATABLE else 2
    assert place.found(sandbox, tmp_path) == keys(code) * times


@pytest.mark.parametrize("code", ["power_bi", "xero"])
def test_an_error_inside_an_answer_is_a_refusal(sandbox: RunningSandbox, tmp_path: Path, code: str) -> None:
    sandbox.fail(code, PLACES[code].operation, "error_inside")
    with pytest.raises(Refused):
        write(sandbox, tmp_path, code)
    assert PLACES[code].found(sandbox, tmp_path) == []


@pytest.mark.parametrize("code", ALL)
def test_a_missing_setting_is_named_by_its_variable(sandbox: RunningSandbox, code: str) -> None:
    with pytest.raises(NotConfigured) as missing:
        build("report_sinks", code, {})
    assert missing.value.variable == PLACES[code].needed


@pytest.mark.parametrize("code", ALL)
def test_a_sink_takes_invoices_or_reports_as_it_is_meant_to(sandbox: RunningSandbox, tmp_path: Path, code: str) -> None:
    sink = build("report_sinks", code, PLACES[code].variables(sandbox.url, tmp_path))
    assert sink.takes(PLACES[code].takes[0])
    assert sink.takes("Invoices") == (PLACES[code].takes is INVOICES or code == "parquet")


@pytest.mark.requirement("OF-90")
def test_power_bi_gets_at_most_ten_thousand_rows_at_once(sandbox: RunningSandbox, tmp_path: Path) -> None:
    rows = [{"key": str(number), "figure": "x", "value": number} for number in range(10_001)]
    assert write(sandbox, tmp_path, "power_bi", rows) == [10_001]
    pushed = sandbox.books("power_bi").entries("rows")
    assert [entry["row"]["value"] for entry in pushed] == list(range(10_001))
    sandbox.forget()
    sandbox.fail("power_bi", "push", "slow", seconds=0)
    sandbox.fail("power_bi", "push", "rate_limited")
    with pytest.raises(OutcomeUnknown, match="1 of 2"):
        write(sandbox, tmp_path, "power_bi", rows)


def test_one_invoice_xero_refuses_is_named_and_keeps_no_other_from_being_taken(
    sandbox: RunningSandbox, tmp_path: Path
) -> None:
    rows = [line("1001", 1), line("1002", 1, customer="Refused Ltd"), line("1003", 1)]
    with pytest.raises(Refused, match="1002"):
        write(sandbox, tmp_path, "xero", rows)
    assert [entry["invoice_number"] for entry in sandbox.books("xero").entries("invoices")] == ["1001", "1003"]


def test_a_parquet_file_keeps_numbers_exact_and_mixed_columns_as_text(sandbox: RunningSandbox, tmp_path: Path) -> None:
    rows = [
        {"key": "a", "figure": Decimal("0.10"), "value": 7},
        {"key": "b", "figure": 3, "value": "n/a"},
        {"key": "a", "figure": Decimal("0.30"), "value": 8},
    ]
    assert write(sandbox, tmp_path, "parquet", rows) == [2]
    table = pq.read_table(tmp_path / "Weekly report.parquet")
    assert table["figure"].to_pylist() == [Decimal("0.30"), Decimal("3.00")]
    assert table["value"].to_pylist() == ["8", "n/a"]
    with pytest.raises(Refused):
        asyncio.run(
            build("report_sinks", "parquet", folder_variables("", tmp_path)).upsert("../x", "key", ("key",), rows)
        )


@pytest.mark.parametrize(("code", "variable"), [("quickbooks_csv", "QUICKBOOKS_CSV"), ("xero_csv", "XERO_CSV")])
def test_a_shop_chooses_the_columns_and_dates_of_its_import(
    sandbox: RunningSandbox, tmp_path: Path, code: str, variable: str
) -> None:
    layout = '{"No": "invoice_number", "Account": "=4000", "Day": "invoice_date", "Sum": "amount"}'
    chosen = {f"{variable}_COLUMNS": layout, f"{variable}_DATE_FORMAT": "%Y%m%d"}
    write(sandbox, tmp_path, code, [line("1001", 1, invoice_number="=1+1")], **chosen)
    (path,) = tmp_path.glob("*.csv")
    assert csv_rows(path) == [{"No": "'=1+1", "Account": "4000", "Day": "20261120", "Sum": "20.50"}]
    with pytest.raises(NotConfigured, match=f"{variable}_COLUMNS"):
        write(sandbox, tmp_path, code, **{f"{variable}_COLUMNS": '{"No": "nonsense"}'})


def test_more_invoices_than_an_import_takes_become_several_files_and_no_invoice_is_torn(
    sandbox: RunningSandbox, tmp_path: Path
) -> None:
    rows = [line(str(number), line_no) for number in range(501) for line_no in (1, 2)]
    write(sandbox, tmp_path, "xero_csv", rows)
    parts = {path.name: [row["*InvoiceNumber"] for row in csv_rows(path)] for path in tmp_path.glob("*.csv")}
    assert {name: len(set(numbers)) for name, numbers in parts.items()} == {
        "Xero invoices 2026-W47.csv": 500,
        "Xero invoices 2026-W47 part 2.csv": 1,
    }
    assert parts["Xero invoices 2026-W47 part 2.csv"] == ["500", "500"]
