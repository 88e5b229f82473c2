"""Parcels are told in the carriers' measures, never smaller than they are."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import httpx
import pytest
from carrier_exchanges import AUSTIN, NEW_YORK, REQUEST, carrier_through
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from connectors.errors import Refused
from connectors.labels.picture import picture_pdf
from connectors.parcels.customs import customs_of
from connectors.parcels.measures import inches, ounces, pounds, sides_mm
from connectors.parcels.refused_addresses import refused_destination
from orderflow.shipping.rate import Parcel, Rate

ABROAD = ["dhl", "easypost", "fedex", "regional", "ups"]
TORONTO = NEW_YORK.model_copy(update={"country": "CA", "region": "ON", "postal_code": "M5C2M6", "city": "Toronto"})


@given(st.integers(1, 70_000))
def test_a_weight_is_rounded_up_by_less_than_its_last_digit(grams: int) -> None:
    exact = grams / Decimal("453.59237")
    assert 0 <= pounds(grams) - exact < Decimal("0.01")
    assert 0 <= ounces(grams) - exact * 16 < Decimal("0.1")


@given(st.integers(1, 3_000), st.integers(0, 2))
def test_a_length_is_rounded_up_by_less_than_its_last_digit(mm: int, digits: int) -> None:
    assert 0 <= inches(mm, digits) - mm / Decimal("25.4") < Decimal(1).scaleb(-digits)


@given(st.tuples(*[st.integers(1, 2_000)] * 3))
def test_the_longest_side_is_the_length_whichever_way_a_parcel_lies(sides: tuple[int, int, int]) -> None:
    length, width, height = sides_mm(Parcel(weight_grams=1, length_mm=sides[0], width_mm=sides[1], height_mm=sides[2]))
    assert length >= width >= height
    assert sorted((length, width, height)) == sorted(sides)


@pytest.mark.parametrize("code", ABROAD)
def test_a_parcel_that_needs_customs_data_is_refused_before_anything_is_asked(code: str) -> None:
    def nobody(request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"asked {request.url}")

    abroad = replace(REQUEST, destination=TORONTO)
    offer = Rate(
        provider=code, carrier=code, service="x", cost={"amount": "1", "currency": "USD"}, days=1, rate_id="a:b:c"
    )
    carrier = carrier_through(code, httpx.MockTransport(nobody))
    for call in (carrier.rate(abroad), carrier.buy(abroad, offer)):
        with pytest.raises(Refused) as refusal:
            asyncio.run(call)
        assert (refusal.value.code, refusal.value.field) == ("customs_missing", "products")


def test_goods_move_without_declaration_inside_a_country_and_inside_a_union() -> None:
    def way(origin: str, destination: str) -> None:
        ends = [AUSTIN.model_copy(update={"country": country}) for country in (origin, destination)]
        customs_of(replace(REQUEST, origin=ends[0], destination=ends[1]), {"DE", "FR"})

    way("US", "US")
    way("DE", "FR")
    for origin, destination in (("DE", "GB"), ("US", "FR"), ("US", ""), ("", "US")):
        with pytest.raises(Refused, match="customs"):
            way(origin, destination)


@pytest.mark.parametrize(
    ("message", "where", "field"),
    [
        ("Missing or invalid ShipTo postal code", "", "destination.postal_code"),
        ("The state or province code must have two letters.", "", "destination.region"),
        ("It is wrong.", "RECIPIENTS.ADDRESSLINE1.INVALID", "destination.line1"),
        ("It is wrong.", "RECIPIENT.ADDRESSSTATEORPROVINCECODE.MISMATCH", "destination.region"),
        ("#/customerDetails/receiverDetails/postalAddress: required key [cityName] not found", "", "destination.city"),
        (
            "#/customerDetails/receiverDetails/contactInformation: required key [phone] not found",
            "",
            "destination.phone",
        ),
        ("The ZIP Code is invalid.", "toAddress.ZIPCode", "destination.postal_code"),
        ("Nobody finds this recipient.", "", "destination"),
    ],
)
def test_a_carriers_complaint_is_told_as_our_field(message: str, where: str, field: str) -> None:
    refusal = refused_destination(message, where)
    assert (refusal.code, refusal.field) == ("address", field)


def picture(across: int, down: int) -> bytes:
    file = BytesIO()
    Image.new("1", (across, down), color=1).save(file, "GIF")
    return file.getvalue()


@pytest.mark.parametrize(("across", "down"), [(1400, 800), (800, 1200)])
def test_a_label_that_comes_as_a_picture_fills_a_page_in_its_true_size(across: int, down: int) -> None:
    document = picture_pdf(picture(across, down), dots_per_inch=200)
    page = PdfReader(BytesIO(document)).pages[0]
    assert (page.mediabox.width, page.mediabox.height) == (288, 432)
    assert [image.image.size for image in page.images] == [(across, down)]
    drawn = f"{across * 72 / 200:g} 0 0 {down * 72 / 200:g}"
    assert drawn in page.get_contents().get_data().decode()
    assert document == picture_pdf(picture(across, down), dots_per_inch=200)
