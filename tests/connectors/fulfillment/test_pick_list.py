"""The list people pick by."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from partner_desk import AUSTIN, LINES
from pypdf import PdfReader

from connectors.labels.pick_list import ROWS_PER_PAGE, pick_list_pdf
from connectors.protocols import FulfillmentRequest, PickLine, ShippingRequirements

WISHES = ShippingRequirements(gift_wrap=True, services=("signature",), deliver_by=datetime(2026, 3, 9, tzinfo=UTC))
ORDER = FulfillmentRequest("01K0000000000000000000PICK", "#1001", AUSTIN, LINES, WISHES)


def pages(order: FulfillmentRequest) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pick_list_pdf(order, "Newark"))).pages]


@pytest.mark.requirement("FUL-09")
def test_the_list_says_what_to_take_and_what_to_do_with_it():
    (text,) = pages(ORDER)
    for told in (
        "#1001",
        "Newark",
        "2 x",
        "LAMP-LED",
        "1 x",
        "TENT-2P",
        "Gift wrap",
        "signature",
        "2026-03-09",
        "5 Elm St",
    ):
        assert told in text


def test_nothing_is_asked_for_that_nobody_wants():
    (text,) = pages(replace(ORDER, shipping=ShippingRequirements()))
    assert "Gift" not in text and "Services" not in text and "There by" not in text


def test_every_line_of_a_long_order_is_on_some_page():
    lines = tuple(PickLine(number, f"SKU-{number:03}", 1) for number in range(1, 2 * ROWS_PER_PAGE + 2))
    text = pages(replace(ORDER, lines=lines))
    assert len(text) == 3
    assert all(f"SKU-{line.line_no:03}" in "".join(text) for line in lines)


def test_the_same_shipment_gives_the_same_file():
    assert pick_list_pdf(ORDER, "Newark") == pick_list_pdf(ORDER, "Newark")
