"""The tables people read."""

import pytest
from notice_values import NOW, TITLES, planned, sample_decision, sample_order, sample_parcel, sample_purchase, usd

from orderflow.inventory import StockLevel
from orderflow.notices.purchase_order import purchase_order_sheet
from orderflow.notices.sheets import Sheet, decision_log, decision_row, status_sheet

PLACES = [("a", "Warehouse A"), ("b", "Warehouse B")]
COUNTS = {"W-1": (47, 12), "W-2": (3, 28), "W-3": (0, 8)}


def _status_sheet() -> Sheet:
    levels = [
        StockLevel(location=place, sku=sku, on_hand=count)
        for sku, counts in COUNTS.items()
        for place, count in zip("ab", counts, strict=True)
    ]
    return status_sheet(levels, PLACES, {("W-1", ""): "Widget Pro"}, NOW, "UTC")


@pytest.mark.requirement("OF-117")
def test_the_status_sheet_has_one_column_for_each_warehouse():
    columns = ("Product", "SKU", "Warehouse A", "Warehouse B", "Total", "Status", "Last Sync")
    assert _status_sheet().columns == columns
    assert all(tuple(row) == columns for row in _status_sheet().rows)


@pytest.mark.requirement("OF-118", "OF-119")
def test_the_three_sample_rows_have_their_three_statuses():
    rows = [(r["Warehouse A"], r["Warehouse B"], r["Total"], r["Status"]) for r in _status_sheet().rows]
    assert rows == [
        (47, 12, 59, "✓ Good"),
        (3, 28, 31, "⚠️ Low"),
        (0, 8, 8, "🔴 Critical"),
    ]


@pytest.mark.requirement("OF-119")
def test_every_row_says_when_it_was_synced():
    assert {row["Last Sync"] for row in _status_sheet().rows} == {"2024-01-16 10:15 AM"}


def test_a_place_that_does_not_stock_a_product_has_no_say_in_its_status():
    level = StockLevel(location="a", sku="W-9", variant="blue", on_hand=40)
    (row,) = status_sheet([level], PLACES, {}, NOW, "UTC").rows
    assert (row["Product"], row["SKU"], row["Warehouse B"]) == ("W-9", "W-9 / blue", None)
    assert (row["Total"], row["Status"]) == (40, "✓ Good")


@pytest.mark.requirement("OF-22")
def test_the_decision_log_says_who_decided_what_when_and_why():
    row = decision_row(
        "01HM", sample_order(), sample_decision(), actor="rule:vip", titles=TITLES, parcels=[sample_parcel()]
    )
    assert (row["Decision ID"], row["Actor"], row["Time"]) == ("01HM", "rule:vip", "2024-01-16 10:15 AM")
    assert (row["Order"], row["Location"]) == ("#ORD-2024-087654", "Warehouse East")
    assert row["Reason"] == "VIP priority + lowest shipping cost ($45 vs $89)"
    assert (row["Cost"], row["Currency"]) == (usd("45").amount, "USD")
    assert (row["Carrier"], row["Tracking"]) == ("FedEx 2-Day", "774899132751")
    assert decision_log([row]).key_column == "Decision ID"


def test_a_split_decision_costs_what_its_parcels_cost_together():
    decision = sample_decision(planned(), planned(2, "warehouse_central"))
    row = decision_row("01HM", sample_order(), decision, actor="system", titles=TITLES)
    assert (row["Location"], row["Cost"], row["Tracking"]) == ("Warehouse East + Warehouse Central", 90, "")


def test_a_purchase_order_draft_has_one_row_for_each_line():
    sheet = purchase_order_sheet([sample_purchase()], "UTC")
    assert sheet.rows == (
        {
            "Line": "PO-77/WIDGET-PRO",
            "Purchase Order": "PO-77",
            "SKU": "WIDGET-PRO",
            "Product": "Widget Pro",
            "Quantity": 100,
            "Supplier": "Acme Parts",
            "Status": "draft",
            "Created": "2024-01-16 10:15 AM",
        },
    )
