"""The Google Sheets sink against the stand-in, through gspread itself."""

import asyncio
import json
from datetime import UTC, datetime
from decimal import Decimal

import gspread
import pytest
from notice_values import NOW, TITLES, sample_decision, sample_order, sample_purchase
from shared_material import shared_path

from connectors import registry
from connectors.errors import NotConfigured, OutcomeUnknown, Refused, TryAgain
from connectors.report_sinks.google_sheets import GoogleSheets, cell
from orderflow.inventory import StockLevel
from orderflow.notices.purchase_order import purchase_order_sheet
from orderflow.notices.sheets import Sheet, decision_log, decision_row, status_sheet

COLUMNS = ["SKU", "Product", "Total"]


def _sink(sandbox, **changes: str) -> GoogleSheets:
    stored = {
        "GOOGLE_SHEETS_SPREADSHEET_ID": "S1",
        "GOOGLE_SHEETS_TOKEN": "ya29.token",
        "GOOGLE_SHEETS_BASE_URL": f"{sandbox.url}/google_sheets",
    }
    return registry.build("report_sinks", "google_sheets", {**stored, **changes})


def _upsert(sink: GoogleSheets, *rows: dict, columns=COLUMNS, table: str = "Inventory") -> int:
    return asyncio.run(sink.upsert(table, columns[0], columns, rows))


def _save(sink: GoogleSheets, sheet: Sheet) -> int:
    return asyncio.run(sink.upsert(sheet.table, sheet.key_column, sheet.columns, sheet.rows))


def _rows(sandbox, table: str = "Inventory") -> list[list]:
    return sandbox.books("google_sheets").find("sheets", title=table)["rows"]


def _operations(sandbox) -> list[str]:
    return [write["operation"] for write in sandbox.books("google_sheets").entries("writes")]


def _row(sku: str, total: object = 1) -> dict:
    return {"SKU": sku, "Product": f"Product {sku}", "Total": total}


@pytest.mark.requirement("OF-16")
def test_a_worksheet_is_made_with_its_header_and_its_first_rows(sandbox):
    assert _upsert(_sink(sandbox), _row("A"), _row("B")) == 2
    assert _rows(sandbox) == [COLUMNS, ["A", "Product A", 1], ["B", "Product B", 1]]


@pytest.mark.requirement("OF-16")
def test_known_rows_are_replaced_in_one_call_and_new_ones_appended_in_one(sandbox):
    sink = _sink(sandbox)
    _upsert(sink, _row("A"), _row("B"))
    sandbox.books("google_sheets").entries("writes").clear()
    assert _upsert(sink, _row("B", 5), _row("C", 7), _row("D", 8)) == 3
    assert [row[2] for row in _rows(sandbox)] == ["Total", 1, 5, 7, 8]
    assert _operations(sandbox) == ["update", "append"]


@pytest.mark.requirement("OF-22")
def test_a_decision_is_one_row_with_id_actor_and_time_however_often_it_is_written(sandbox):
    row = decision_row("01HM", sample_order(), sample_decision(), actor="rule:vip", titles=TITLES)
    sink = _sink(sandbox)
    for _ in range(2):
        _save(sink, decision_log([row]))
    header, written = _rows(sandbox, "Decisions")
    told = dict(zip(header, written, strict=False))
    assert (told["Decision ID"], told["Actor"], told["Time"]) == ("01HM", "rule:vip", "2024-01-16 10:15 AM")
    assert told["Cost"] == 45.0


@pytest.mark.requirement("OF-16")
def test_a_purchase_order_draft_is_written_once(sandbox):
    for _ in range(2):
        _save(_sink(sandbox), purchase_order_sheet([sample_purchase()], "UTC"))
    assert len(_rows(sandbox, "Purchase Orders")) == 2
    assert "draft" in _rows(sandbox, "Purchase Orders")[1]


@pytest.mark.requirement("OF-16", "OF-117")
def test_the_status_sheet_arrives_with_its_header_and_its_statuses(sandbox):
    level = StockLevel(location="a", sku="W-1", on_hand=3)
    sheet = status_sheet([level], [("a", "Warehouse A"), ("b", "Warehouse B")], {("W-1", ""): "Widget"}, NOW, "UTC")
    _save(_sink(sandbox), sheet)
    assert _rows(sandbox) == [
        ["Product", "SKU", "Warehouse A", "Warehouse B", "Total", "Status", "Last Sync"],
        ["Widget", "W-1", 3, "", 3, "🔴 Critical", "2024-01-16 10:15 AM"],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+2", "@SUM(A1)", "001", "1e5", "＝1+1", "\t=1", "'=1"])
def test_text_is_kept_literally_and_found_again_by_its_key(sandbox, text):
    for _ in range(2):
        _upsert(_sink(sandbox), _row(text))
    assert [row[0] for row in _rows(sandbox)] == ["SKU", text]


def test_peoples_own_columns_and_cells_stay_where_they_are(sandbox):
    sink = _sink(sandbox)
    _upsert(sink, _row("A"))
    _rows(sandbox)[0].insert(1, "Remark")
    _rows(sandbox)[1].insert(1, "ask Sam")
    _upsert(sink, {**_row("A", 9), "Warehouse C": 4}, columns=[*COLUMNS, "Warehouse C"])
    assert _rows(sandbox) == [
        ["SKU", "Remark", "Product", "Total", "Warehouse C"],
        ["A", "ask Sam", "Product A", 9, 4],
    ]


def test_more_columns_than_the_sheet_has_widen_it(sandbox):
    wide = [f"Column {number}" for number in range(30)]
    sink = _sink(sandbox)
    _upsert(sink, _row("A"))
    _upsert(sink, {**_row("A"), **dict.fromkeys(wide, 1)}, columns=[*COLUMNS, *wide])
    assert len(_rows(sandbox)[0]) == 33


def test_the_worksheet_is_opened_once(sandbox):
    sink = _sink(sandbox)
    _upsert(sink, _row("A"))
    sandbox.fail("google_sheets", "open", "error_500", count=None)
    assert _upsert(sink, _row("B")) == 1


def test_a_worksheet_somebody_removed_is_made_again_at_the_next_call(sandbox):
    sink = _sink(sandbox)
    _upsert(sink, _row("A"))
    sandbox.books("google_sheets").entries("sheets").clear()
    with pytest.raises(Refused):
        _upsert(sink, _row("B"))
    assert _upsert(sink, _row("B")) == 1


@pytest.mark.parametrize("mode", ["cut_off", "error_500_done", "nonsense"])
def test_an_append_of_unknown_fate_can_be_repeated_without_a_second_row(sandbox, mode):
    sink = _sink(sandbox)
    sandbox.fail("google_sheets", "append", mode)
    with pytest.raises(OutcomeUnknown):
        _upsert(sink, _row("A"))
    assert _upsert(sink, _row("A", 2)) == 1
    assert _rows(sandbox) == [COLUMNS, ["A", "Product A", 2]]


def test_a_spent_quota_means_a_minute_later(sandbox):
    sandbox.fail("google_sheets", "read", "rate_limited")
    with pytest.raises(TryAgain) as later:
        _upsert(_sink(sandbox), _row("A"))
    assert later.value.wait_seconds == 60


def test_what_cannot_work_is_refused_with_what_to_mend(sandbox):
    with pytest.raises(Refused) as refused:
        _upsert(_sink(sandbox, GOOGLE_SHEETS_SPREADSHEET_ID="missing-1"), _row("A"))
    assert refused.value.field == "GOOGLE_SHEETS_SPREADSHEET_ID"
    with pytest.raises(Refused) as refused:
        _upsert(_sink(sandbox, GOOGLE_SHEETS_SPREADSHEET_ID="private-1"), _row("A"))
    assert refused.value.code == "credentials"
    with pytest.raises(TryAgain):
        _upsert(_sink(sandbox, GOOGLE_SHEETS_BASE_URL="http://127.0.0.1:9"), _row("A"))


def test_a_missing_setting_is_named(sandbox, tmp_path):
    with pytest.raises(NotConfigured, match="GOOGLE_SHEETS_SPREADSHEET_ID"):
        registry.build("report_sinks", "google_sheets", {"GOOGLE_SHEETS_TOKEN": "t"})
    only_id = {"GOOGLE_SHEETS_SPREADSHEET_ID": "S1"}
    for stored in (only_id, {**only_id, "GOOGLE_SERVICE_ACCOUNT_FILE": str(tmp_path / "none.json")}):
        with pytest.raises(NotConfigured, match="GOOGLE_SERVICE_ACCOUNT_FILE"):
            registry.build("report_sinks", "google_sheets", stored)


def test_a_key_file_that_holds_no_key_is_named_at_the_first_use(sandbox, tmp_path):
    (tmp_path / "key.json").write_text("{}")
    sink = _sink(sandbox, GOOGLE_SHEETS_TOKEN="", GOOGLE_SERVICE_ACCOUNT_FILE=str(tmp_path / "key.json"))
    with pytest.raises(NotConfigured, match="GOOGLE_SERVICE_ACCOUNT_FILE"):
        _upsert(sink, _row("A"))


def test_values_keep_their_kind():
    moment = datetime(2024, 1, 16, 10, 15, tzinfo=UTC)
    values = [None, Decimal("45.10"), 3, 2.5, True, "text", moment]
    assert [cell(value) for value in values] == ["", 45.1, 3, 2.5, True, "text", "2024-01-16T10:15:00+00:00"]


def test_nothing_is_asked_of_google_for_no_rows(sandbox):
    assert _upsert(_sink(sandbox)) == 0
    assert sandbox.books("google_sheets").dump() == {}


def test_gspread_itself_can_do_what_it_was_recorded_doing(sandbox):
    recordings = json.loads(shared_path("contracts/sdk-wire-recordings.json").read_text(encoding="utf-8"))
    recorded = [one["path"].split("/S1")[1] for one in recordings if one["sdk"] == "gspread"]
    book = _sink(sandbox)._open()
    sheet = book.add_worksheet("Orders", rows=5, cols=5)
    assert book.worksheet("Orders").id == sheet.id
    sheet.append_row(["o1", 1], value_input_option="RAW")
    sheet.update([["a"]], "A1", value_input_option="RAW")
    sheet.batch_update([{"range": "A1", "values": [["x"]]}], value_input_option="RAW")
    assert sheet.get_all_values() == [["x", "1"]] or sheet.get_all_values() == [["x", 1]]
    assert "/values/%27Orders%27:append?valueInputOption=RAW" in recorded
    with pytest.raises(gspread.exceptions.APIError):
        sheet.update([["a", "b"]], "A1:A1", value_input_option="RAW")
