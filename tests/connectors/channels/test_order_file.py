"""Orders dropped into a folder."""

import asyncio
import csv
import gzip
import itertools
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from shared_material import shared_path

from connectors.channels.order_file import OrderFileChannel
from connectors.channels.order_file.settings import OrderFileSettings
from connectors.errors import Unreadable
from connectors.protocols import ShipmentReport
from orderflow.inventory import StockLevel
from orderflow.money import Money
from orderflow.order import PaymentStatus

NOW = datetime(2026, 11, 21, tzinfo=UTC)
HEADER = (
    "order_id,number,currency,placed_at,paid_at,total,shipping_paid,shipping_method,customer_name,customer_email,"
    "customer_tags,destination_line1,destination_city,destination_region,destination_postal_code,destination_country,"
    "sku,quantity,unit_price,weight_grams,category\n"
)
ADA = (
    "F-1,F1,USD,2026-11-20T10:00:00Z,2026-11-20T10:05:00Z,49.90,4.90,Standard,Ada Byron,ada@example.com,VIP;b2b,"
    "1 Main St,Austin,TX,78701,US,"
)


def channel_of(folder):
    return OrderFileChannel(OrderFileSettings.load({"ORDER_FILE_FOLDER": str(folder)}))


def documents(folder):
    async def collect():
        return [document async for document in channel_of(folder).changed_orders(NOW)]

    return asyncio.run(collect())


def orders(folder):
    """The orders that can be read, and the field named for each that cannot."""
    read, refused = [], []
    for document in documents(folder):
        try:
            read += channel_of(folder).to_orders("pull", document)
        except Unreadable as error:
            refused.append(error.field)
    return read, refused


def report_of(reference="SHIP-1", lines=(("1", 2), ("2", 1))):
    return ShipmentReport("F-1", reference, "UPS", "1Z999", "https://track.example/1Z999", "warehouse_la", lines)


def test_the_rows_of_an_order_are_read_together_wherever_they_stand(tmp_path):
    other = ADA.replace("F-1,F1", "F-2,F2")
    rows = [f"{ADA}A,2,20.00,250,boots", f"{other}B,1,49.90,,", f'{ADA}"C, large",1,5.00,0,']
    (tmp_path / "orders.csv").write_text(HEADER + "\n".join(rows) + "\n")
    (ada, second), refused = orders(tmp_path)
    assert not refused
    assert [(line.line_no, line.sku, line.quantity, line.weight_grams) for line in ada.lines] == [
        (1, "A", 2, 250),
        (2, "C, large", 1, None),
    ]
    assert (ada.total, ada.shipping_paid) == (Money.of("49.90", "USD"), Money.of("4.90", "USD"))
    assert (ada.customer.tier, ada.customer.customer_type, ada.customer.name) == ("VIP", "b2b", "Ada Byron")
    assert (ada.destination.line1, ada.destination.region, ada.payment_status) == (
        "1 Main St",
        "TX",
        PaymentStatus.PAID,
    )
    assert (second.external_id, second.number) == ("F-2", "F2")


@pytest.mark.requirement("LANE-13")
@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ("A,two,20.00,250,", "orders.csv line 3, column quantity"),
        ("A,0,20.00,250,", "orders.csv line 3, column quantity"),
        (",1,20.00,250,", "orders.csv line 3, column sku"),
        ("A,1,,250,", "orders.csv line 3, column unit_price"),
        ("A,1,20.00,250,,surplus", "orders.csv line 3"),
    ],
)
def test_a_row_nobody_can_read_is_named_and_the_others_still_come(tmp_path, broken, field):
    rows = [f"{ADA}A,1,20.00,250,", ADA.replace("F-1", "F-2") + broken, ADA.replace("F-1", "F-3") + "A,1,1.00,,"]
    (tmp_path / "orders.csv").write_text(HEADER + "\n".join(rows) + "\n")
    read, refused = orders(tmp_path)
    assert [order.external_id for order in read] == ["F-1", "F-3"]
    assert refused == [field]


def test_a_broken_second_row_of_an_order_is_named_by_its_own_line(tmp_path):
    (tmp_path / "orders.csv").write_text(f"{HEADER}{ADA}A,1,20.00,250,\n{ADA}B,x,20.00,250,\n")
    assert orders(tmp_path) == ([], ["orders.csv line 3, column quantity"])


def test_rows_without_an_order_id_are_refused_each_for_itself(tmp_path):
    row = ADA.replace("F-1,", ",") + "A,1,20.00,250,\n"
    (tmp_path / "orders.csv").write_text(HEADER + row + row)
    assert orders(tmp_path)[1] == ["orders.csv line 2, column order_id", "orders.csv line 3, column order_id"]


def json_order(number, **more):
    placed = "2026-11-20T10:00:00+01:00"
    lines = [{"sku": "A", "qty": 2, "unit_price": "10.00", "weight_g": 250}]
    return {"order_id": f"J-{number}", "currency": "USD", "placed_at": placed, "lines": lines, **more}


def test_json_lines_are_read_and_broken_ones_named(tmp_path):
    lines = [json.dumps(json_order(1)), "{broken", "[1]", "", json.dumps(json_order(2, lines=[{"sku": "A"}])),
             json.dumps(json_order(3, customer={"tags": ["VIP"]}))]  # fmt: skip
    (tmp_path / "orders.jsonl").write_text("\n".join(lines))
    read, refused = orders(tmp_path)
    assert [(order.external_id, order.payment_status, order.customer.tier) for order in read] == [
        ("J-1", PaymentStatus.PENDING, "standard"),
        ("J-3", PaymentStatus.PENDING, "VIP"),
    ]
    assert refused == ["orders.jsonl line 2", "orders.jsonl line 3", "orders.jsonl line 5, column lines[0].quantity"]
    assert read[0].total == Money.of("20.00", "USD")


def test_no_amount_passes_through_a_float(tmp_path):
    line = json.dumps(json_order(1)).replace('"10.00"', "1234567890.12345678901234567890")
    (tmp_path / "orders.jsonl").write_text(line)
    (document,) = documents(tmp_path)
    assert document["order"]["lines"][0]["unit_price"] == "1234567890.12345678901234567890"
    assert json.loads(json.dumps(document)) == document


def test_a_byte_that_is_no_text_spoils_its_own_row_only(tmp_path):
    rows = [f"{ADA}A,1,20.00,250,", ADA.replace("F-1", "F-2").replace("Ada", "\udcff") + "A,1,20.00,250,"]
    text = HEADER + "\n".join(rows) + "\n"
    (tmp_path / "orders.csv").write_bytes(text.encode("utf-8", "surrogateescape"))
    read, refused = orders(tmp_path)
    assert ([order.external_id for order in read], len(refused)) == (["F-1"], 1)


def test_a_thousand_orders_of_a_real_market_are_read(tmp_path):
    source = shared_path("data/olist_orders.jsonl.gz")
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        thousand = list(itertools.islice(lines, 1000))
    (tmp_path / "olist.jsonl").write_text("".join(thousand))
    read, refused = orders(tmp_path)
    assert (len(read), refused) == (1000, [])
    for order, line in zip(read, thousand, strict=True):
        told = json.loads(line, parse_float=Decimal)
        assert order.external_id == told["order_id"]
        assert sum(each.quantity for each in order.lines) == sum(each["qty"] for each in told["lines"])
        assert [each.unit_price.amount for each in order.lines] == [each["unit_price"] for each in told["lines"]]
        assert order.destination.has_coordinates and order.destination.country == "BR"
        assert order.is_paid == (told["paid_at"] is not None)
    assert (read[0].lines[0].category, read[0].lines[0].weight_grams) == ("beleza_saude", 1000)


def test_a_file_stays_until_its_last_order_is_stored(tmp_path):
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(json_order(number)) for number in range(3)))
    (tmp_path / "b.jsonl").write_text(json.dumps(json_order(9)))
    found, channel = documents(tmp_path), channel_of(tmp_path)
    channel.finished(found[:2])
    assert {path.name for path in tmp_path.glob("*.jsonl")} == {"a.jsonl", "b.jsonl"}
    assert documents(tmp_path) == found  # after a crash everything comes again, and is the same
    channel.finished(found[2:3])
    assert [path.name for path in tmp_path.glob("*.jsonl")] == ["b.jsonl"]
    assert [path.name.split("-")[0] for path in (tmp_path / "done").iterdir()] == ["a"]


def test_a_file_that_grew_while_it_was_read_is_read_again(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(json_order(1)))
    found = documents(tmp_path)
    path.write_text(path.read_text() + "\n" + json.dumps(json_order(2)))
    channel_of(tmp_path).finished(found)
    assert len(documents(tmp_path)) == 2


def test_two_files_of_the_same_name_are_both_kept(tmp_path):
    for number in range(2):
        (tmp_path / "orders.jsonl").write_text(json.dumps(json_order(number)))
        channel_of(tmp_path).finished(documents(tmp_path))
    assert len(list((tmp_path / "done").iterdir())) == 2


def test_a_document_cannot_move_a_file_from_outside_the_folder(tmp_path):
    outside, folder = tmp_path / "secret.csv", tmp_path / "drop"
    folder.mkdir()
    outside.write_text("x")
    channel_of(folder).finished([{"file": "../secret.csv", "file_sha256": "", "last_of_file": True}])
    assert outside.exists()


def test_half_written_files_and_our_own_tables_are_no_orders(tmp_path):
    asyncio.run(channel_of(tmp_path).report_shipment(report_of()))
    (tmp_path / "orders.csv.part").write_text("half")
    assert documents(tmp_path) == []


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_shipment_is_written_once_however_often_it_is_reported(tmp_path):
    for report in (report_of(), report_of("SHIP-2", (("1", 1),)), report_of()):
        assert asyncio.run(channel_of(tmp_path).report_shipment(report)) == report.shipment_reference
    told = [(row["reference"], row["line_id"], row["quantity"]) for row in rows(tmp_path / "out" / "shipments.csv")]
    assert told == [("SHIP-1", "1", "2"), ("SHIP-1", "2", "1"), ("SHIP-2", "1", "1")]


def test_availability_is_the_sum_over_locations_and_other_skus_stay(tmp_path):
    channel = channel_of(tmp_path)
    levels = [StockLevel(location=place, sku="A", on_hand=5, reserved=1) for place in ("la", "central")]
    assert asyncio.run(channel.set_available([*levels, StockLevel(location="la", sku="B", on_hand=3)], key="1")) == 3
    assert asyncio.run(channel.set_available(levels[:1], key="2")) == 1
    table = {row["sku"]: row["available"] for row in rows(tmp_path / "out" / "availability.csv")}
    assert table == {"A": "4", "B": "3"}
    assert [path.name for path in (tmp_path / "out").glob("*.new")] == []


def test_a_folder_counts_nothing(tmp_path):
    assert asyncio.run(channel_of(tmp_path).stock_levels()) == ()


def test_the_installations_order_folder_is_used_where_no_other_is_named(tmp_path):
    assert OrderFileSettings.load({"ORDERFLOW_ORDER_FOLDER": str(tmp_path)}).folder == tmp_path
    both = {"ORDERFLOW_ORDER_FOLDER": "/elsewhere", "ORDER_FILE_FOLDER": str(tmp_path)}
    assert OrderFileSettings.load(both).folder == tmp_path
