"""The mail a drop-shipper gets, and the file in it."""

import asyncio
import csv
import io
from dataclasses import replace

import pytest
from partner_desk import AUSTIN, LINES

from connectors.errors import NotConfigured, OutcomeUnknown
from connectors.fulfillment.drop_ship import COLUMNS, DropShip, Settings, order_csv
from connectors.protocols import FulfillmentRequest, PickLine, Stage
from connectors.registry import build

ORDER = FulfillmentRequest(reference="01K0", order_number="#1001", destination=AUSTIN, lines=LINES)


def rows(order: FulfillmentRequest) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(order_csv(order).decode())))


@pytest.mark.requirement("OF-60")
def test_the_file_has_a_row_for_each_line_with_the_whole_address():
    first, second = rows(ORDER)
    assert tuple(first) == COLUMNS
    assert [(row["line"], row["sku"], row["quantity"]) for row in (first, second)] == [
        ("1", "LAMP-LED", "2"),
        ("2", "TENT-2P", "1"),
    ]
    address = [first[name] for name in ("name", "address_1", "address_2", "city", "region", "postal_code", "country")]
    assert address == ["Ann Lee", "5 Elm St", "2nd floor", "Austin", "TX", "78701", "US"]
    assert {row["reference"] for row in (first, second)} == {"01K0"}


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "-2", "\t=1"])
def test_no_cell_is_a_formula(text):
    order = replace(ORDER, destination=AUSTIN.model_copy(update={"line1": text}), lines=(PickLine(1, text, 1),))
    (row,) = rows(order)
    assert (row["sku"], row["address_1"]) == (f"'{text}", f"'{text}")


def test_the_mail_names_the_reference_that_the_answer_must_name():
    message = DropShip(Settings(DROP_SHIP_EMAIL="orders@supplier.example")).mail_of(ORDER, "key-1")
    assert (message.key, message.recipient) == ("key-1", "orders@supplier.example")
    assert "01K0" in message.subject and "#1001" in message.subject
    ((name, kind, content),) = message.attachments
    assert (name, kind, content) == ("order-01K0.csv", "text/csv", order_csv(ORDER))


def test_a_partner_that_reads_mail_takes_everything_and_tells_nothing():
    partner = DropShip(Settings(DROP_SHIP_EMAIL="orders@supplier.example"))
    assert asyncio.run(partner.request(ORDER)).stage is Stage.REQUESTED
    assert not asyncio.run(partner.cancel("01K0"))
    assert asyncio.run(partner.stock_levels()) == ()
    for question in (partner.status, partner.find_by_reference):
        with pytest.raises(OutcomeUnknown):
            asyncio.run(question("01K0"))


def test_a_supplier_with_a_name_has_a_mailbox_of_its_own():
    named = build("fulfillment", "drop_ship:acme", {"DROP_SHIP_ACME_EMAIL": "acme@supplier.example"})
    assert named.mail_of(ORDER, "k").recipient == "acme@supplier.example"
    with pytest.raises(NotConfigured) as missing:
        build("fulfillment", "drop_ship:other", {"DROP_SHIP_ACME_EMAIL": "acme@supplier.example"})
    assert missing.value.variable == "DROP_SHIP_OTHER_EMAIL"
