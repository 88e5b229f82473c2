"""The table of specifications tells the truth about what was checked."""

import pytest
import specification_table
from specification_table import SpecificationTable, hold_against


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> SpecificationTable:
    fresh = SpecificationTable()
    monkeypatch.setattr(specification_table, "TABLE", fresh)
    return fresh


def test_requests_are_counted_by_service_and_operation(table: SpecificationTable) -> None:
    for _ in range(2):
        hold_against("spec.yaml", "ups", "POST /ship")
    hold_against("spec.yaml", "dhl", "GET /rates")
    assert [line.split() for line in table.lines()[1:]] == [
        ["dhl", "GET", "/rates", "spec.yaml", "1", "valid"],
        ["ups", "POST", "/ship", "spec.yaml", "2", "valid"],
    ]


def test_a_faulty_request_fails_its_test_and_stays_in_the_table(table: SpecificationTable) -> None:
    with pytest.raises(AssertionError, match="ShipTo is required"):
        hold_against("spec.yaml", "ups", "POST /ship", ["ShipTo is required"])
    assert table.lines()[1].endswith("1 FAULTY")


def test_a_run_that_checked_nothing_shows_no_table(table: SpecificationTable) -> None:
    assert table.lines() == []
