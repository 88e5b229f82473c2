"""Row 8, formulas in sheets: an order made of formulas reaches the tables people open, and none of its cells is one."""

import csv
import unicodedata
from pathlib import Path

import pytest
from scenarios.floor import ShopFloor, an_order, document_of
from security.hostile_texts import FORMULAS

SIGNS = frozenset("=+-@")


@pytest.fixture
def logged(floor: ShopFloor) -> ShopFloor:
    """A shop that has decided an order for each formula, and one of them waits for a person."""
    documents = []
    for formula in FORMULAS:
        document = document_of(an_order(), total_price="1200.00", note=formula, tags=formula.replace(",", ""))
        document |= {"name": f"{formula}{document['order_number']}"}
        document["line_items"] = [item | {"title": formula, "name": formula} for item in document["line_items"]]
        documents.append(document)
    floor.deliver(*documents)
    floor.work()
    return floor


def runs(cell: str) -> bool:
    """Whether a spreadsheet would take the cell for a formula: its first visible character, in its ordinary width."""
    visible = [c for c in cell if unicodedata.category(c)[0] not in "ZC"]
    return bool(visible) and unicodedata.normalize("NFKC", visible[0])[0] in SIGNS and not is_number(cell)


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


@pytest.mark.requirement("OF-88")
@pytest.mark.usefixtures("logged")
def test_no_cell_of_a_csv_file_is_a_formula(tmp_path: Path) -> None:
    files = sorted((tmp_path / "reports").glob("*.csv"))
    assert [file.name for file in files] == ["Decisions.csv"]
    with files[0].open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == len(FORMULAS) + 1
    assert [cell for row in rows for cell in row if runs(cell)] == []


def test_no_cell_of_a_google_sheet_is_a_formula(logged: ShopFloor) -> None:
    written = [cell for write in logged.books("google_sheets", "writes") for row in write["rows"] for cell in row]
    assert len(written) > len(FORMULAS)
    assert not [cell for cell in written if isinstance(cell, dict)], "written as if a person had typed it"


def test_the_test_knows_a_formula() -> None:
    assert all(map(runs, FORMULAS[:14]))
    assert not any(map(runs, ["'=1", "#1", "a=b", "-5.5"]))
