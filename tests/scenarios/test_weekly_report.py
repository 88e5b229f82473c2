"""The weekly report: its figures equal the books, every sink gets it once, and invoices add up to what was paid."""

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from scenarios.floor import Opener, ShopFloor, an_order
from shop_floor import place

from connectors.database import reports
from connectors.database.reports import Feedback
from connectors.errors import OutcomeUnknown, TryAgain
from tasks.report import week_of, week_rows, write_report

ACCOUNTS = ["csv_file", "parquet", "power_bi", "quickbooks_csv", "xero_csv", "netsuite_csv", "xero", "google_sheets"]


@pytest.fixture
def floor(opener: Opener, monkeypatch: pytest.MonkeyPatch) -> ShopFloor:
    """A shop with every sink and a capacity at one of its locations."""
    floor = opener(sinks=ACCOUNTS)
    address = floor.sandbox.address
    for name in ("TENANT_ID", "CLIENT_ID", "CLIENT_SECRET", "DATASET_ID"):
        monkeypatch.setenv(f"POWER_BI_{name}", f"{name.lower()}-0001")
    for name in ("CLIENT_ID", "CLIENT_SECRET", "TENANT_ID"):
        monkeypatch.setenv(f"XERO_{name}", f"{name.lower()}-0001")
    for name in ("POWER_BI_BASE_URL", "POWER_BI_LOGIN_URL"):
        monkeypatch.setenv(name, f"{address}/power_bi")
    monkeypatch.setenv("XERO_BASE_URL", f"{address}/xero/api.xro/2.0")
    monkeypatch.setenv("XERO_LOGIN_URL", f"{address}/xero")
    monkeypatch.setenv("ORDERFLOW_REPORT_FOLDER", str(floor.shop.folders.reports))
    floor.stock(50)
    return floor


def worked(floor: ShopFloor, count: int = 3):
    made = [an_order(("JACKET-M", 2 + number % 2), tags=("VIP",)) for number in range(count)]
    place(floor.sandbox, *made)
    floor.deliver(*made)
    floor.work()
    return made


def figures_of(floor: ShopFloor) -> dict[str, object]:
    return {row["figure"]: row["value"] for row in week_rows(floor.shop, week_of(floor.shop), 7)}


def write(floor: ShopFloor) -> dict[str, int]:
    week = week_of(floor.shop)
    return floor.run(write_report.fn(floor.shop, week, week_rows(floor.shop, week, 7), 7))


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.requirement("OF-71", "OF-88", "OF-89", "OF-90")
def test_every_sink_has_the_figures_of_the_books_however_often_the_report_runs(floor: ShopFloor) -> None:
    worked(floor)
    (counted,) = floor.rows("SELECT COUNT(*) AS orders FROM orders")
    (spent,) = floor.rows("SELECT SUM(cost_minor) AS cost FROM shipment WHERE state = 'labelled'")
    write(floor)
    assert write(floor)["power_bi"] == 0
    folder = floor.shop.folders.reports
    in_csv = {row["figure"]: row["value"] for row in csv_rows(folder / "Weekly report.csv")}
    pushed = [row["row"] for row in floor.books("power_bi", "rows")]
    assert len({row["key"] for row in pushed}) == len(pushed) == len(in_csv)
    in_power_bi = {row["figure"]: row["value"] for row in pushed}
    (sheet,) = [s for s in floor.sandbox.books("google_sheets", "sheets") if s["title"] == "Weekly report"]
    in_sheet = {row[2]: row[3] for row in sheet["rows"] if str(row[0]).startswith(week_of(floor.shop))}
    for shown in (in_csv, in_power_bi, in_sheet):
        assert int(shown["orders"]) == counted["orders"] == 3
        costs = [value for figure, value in shown.items() if figure.endswith(": cost")]
        assert sum(Decimal(str(cost).lstrip("'$")) for cost in costs) * 100 == spent["cost"]


@pytest.mark.requirement("OF-89")
def test_the_invoices_of_every_program_add_up_to_what_customers_paid(floor: ShopFloor) -> None:
    made = worked(floor)
    paid = {f"{order.number}": floor.stored(order).order.total.amount for order in made}
    write(floor)
    folder = floor.shop.folders.reports
    names = {
        "QuickBooks": ("*Invoice number", "*Item Amount"),
        "NetSuite": ("External ID", "Amount"),
    }
    for program, (number, amount) in names.items():
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for row in csv_rows(next(folder.glob(f"{program} invoices *.csv"))):
            sums[row[number].strip("'#")] += Decimal(row[amount])
        assert sums == paid
    posted = {row["invoice_number"].strip("#"): Decimal(row["total"]) for row in floor.books("xero", "invoices")}
    assert posted == paid


@pytest.mark.parametrize(
    ("mode", "error", "times"), [("rate_limited", TryAgain, 1), ("error_500_done", OutcomeUnknown, 1)]
)
def test_a_report_power_bi_may_have_is_not_pushed_again_and_one_it_certainly_lacks_is(
    floor: ShopFloor, mode: str, error: type[Exception], times: int
) -> None:
    worked(floor, 1)
    floor.sandbox.fail("power_bi", "push", mode, count=1)
    with pytest.raises(error):
        write(floor)
    write(floor)
    keys = [row["row"]["key"] for row in floor.books("power_bi", "rows")]
    assert keys and len(keys) == times * len(set(keys))
    assert (floor.shop.folders.reports / "Weekly report.csv").exists(), "the others had their report all the same"


@pytest.mark.requirement("OF-86", "FUL-23", "FUL-24", "FUL-25")
def test_what_customers_said_and_what_left_the_shelves_is_in_the_report(floor: ShopFloor) -> None:
    made = worked(floor, 4)
    parcels = [floor.shipments(order)[0] for order in made]
    now = floor.database_now()
    with floor.database.write() as conn:
        said = [
            Feedback(floor.stored(order).id, "satisfaction", now, score=score)
            for order, score in zip(made, (5, 4, 4), strict=False)
        ]
        said.append(Feedback(floor.stored(made[0]).id, "wrong_item", now, shipment_id=parcels[0].id))
        assert reports.keep_feedback(conn, said) == 4
        assert reports.keep_feedback(conn, said) == 0
    shown = figures_of(floor)
    assert shown["customer satisfaction, 1 to 5"] == Decimal("4.33")
    assert shown["shipping accuracy, %"] == Decimal("75.0")
    (on_hand,) = floor.rows("SELECT SUM(on_hand) AS units FROM stock")
    shipped = sum(line.quantity for parcel in parcels for line in parcel.lines)
    exact = Decimal(shipped) / (Decimal(on_hand["units"]) / 2)
    assert shown["inventory turnover, units shipped by units on hand"] == exact.quantize(Decimal("0.01"))
    places = {figure: value for figure, value in shown.items() if str(figure).startswith("utilisation of")}
    assert set(places) == {f"utilisation of {code}, %" for code in floor.shop.locations}
    for code, location in floor.shop.locations.items():
        assert (places[f"utilisation of {code}, %"] == "n/a") == (location.capacity_per_day is None)


@pytest.mark.requirement("OF-91", "OF-92")
def test_the_rule_that_applied_and_the_stage_that_held_orders_up_are_named(floor: ShopFloor) -> None:
    first, _ = worked(floor, 2)
    held = an_order(postal_code="00000")
    floor.deliver(held)
    floor.work()
    floor.clock.forward(hours=5)
    shown = figures_of(floor)
    rules = {match.rule_id for match in floor.decision(first).rules}
    assert rules
    for rule_id in rules:
        assert shown[f"rule {rule_id}: orders"] == 2
    assert shown["bottleneck"] == "hold"
    assert shown["in hold: orders there now"] == 1
    assert str(shown["in hold: average"]).startswith("5:0")
