"""What leaves a country is declared by every carrier that takes it there, and labels come as the file asked for."""

from typing import Any

import pytest
from carrier_desk import CARRIERS, CUSTOMS, LAMP, TORONTO, CarrierDesk

from connectors.errors import Refused
from orderflow.shipping.label_format import LabelFormat

# The rate card pays no carrier and declares nothing; USPS sells domestic labels by the API we use.
DECLARING = [code for code in CARRIERS if code not in {"rate_card", "usps"}]
NO_PNG = {"dhl", "rate_card", "ups", "usps"}
NO_ZPL = {"rate_card"}
MEDIA_TYPES = {LabelFormat.PDF: "application/pdf", LabelFormat.PNG: "image/png", LabelFormat.ZPL: "application/zpl"}


@pytest.mark.parametrize("code", DECLARING)
def test_a_declared_parcel_goes_abroad(desk: CarrierDesk, code: str) -> None:
    label = desk.buy(code, destination=TORONTO, customs=CUSTOMS)
    assert label.tracking_number and label.document


@pytest.mark.parametrize("code", DECLARING)
def test_a_parcel_within_the_country_needs_nothing_of_it(desk: CarrierDesk, code: str) -> None:
    assert desk.buy(code, customs=None).tracking_number


@pytest.mark.parametrize(
    ("gap", "told"),
    [
        ({"hs_code": ""}, "HS code of SKU LAMP-LED"),
        ({"origin_country": ""}, "country of origin of SKU LAMP-LED"),
        ({"unit_weight_grams": 0}, "weight of SKU LAMP-LED"),
    ],
)
@pytest.mark.parametrize("code", DECLARING)
def test_what_customs_miss_is_named_before_anything_is_bought(
    desk: CarrierDesk, code: str, gap: dict[str, Any], told: str
) -> None:
    customs = CUSTOMS.model_copy(update={"items": (LAMP.model_copy(update=gap),)})
    sold = len(desk.sandbox.books(code).entries("labels"))
    with pytest.raises(Refused, match=told) as refusal:
        desk.buy(code, destination=TORONTO, customs=customs)
    assert refusal.value.code == "customs_missing"
    assert len(desk.sandbox.books(code).entries("labels")) == sold


def test_usps_offers_nothing_abroad_and_sells_nothing_there(desk: CarrierDesk) -> None:
    assert desk.ask("usps", lambda carrier: carrier.rate(desk.request(destination=TORONTO, customs=CUSTOMS))) == ()


@pytest.mark.requirement("OF-56")
@pytest.mark.parametrize("label_format", LabelFormat)
@pytest.mark.parametrize("code", CARRIERS)
def test_a_label_is_the_file_that_was_asked_for_or_a_pdf(
    desk: CarrierDesk, code: str, label_format: LabelFormat
) -> None:
    lacking = (NO_PNG if label_format is LabelFormat.PNG else set()) | (NO_ZPL if label_format == "zpl" else set())
    wanted = LabelFormat.PDF if code in lacking else label_format
    label = desk.buy(code, label_format=label_format)
    assert label.media_type == MEDIA_TYPES[wanted]
