"""The carrier that needs no account: its labels, its books of files, its tracking numbers."""

import asyncio
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from connectors.carriers.rate_card import RateCardCarrier, Settings, load_rate_card, tracking_number
from connectors.errors import Refused
from connectors.labels.sheet import LabelSheet, label_pdf, printable
from connectors.protocols import Label, ShipmentRequest
from orderflow.address import Address
from orderflow.money import Money
from orderflow.shipping.rate import Parcel, ShippingSpeed

REFERENCE = "01K0RATECARD00000000000001"
SAO_PAULO = Address(name="Loja", line1="Rua Augusta, 1", city="São Paulo", region="SP", country="BR")
RECIFE = Address(
    name="José da Conceição",
    line1="Avenida João de Barros, 8",
    city="Recife",
    region="PE",
    postal_code="50050-180",
    country="BR",
)


def carrier_in(folder: Path, card: str = "br") -> RateCardCarrier:
    return RateCardCarrier(Settings(ORDERFLOW_RATE_CARD=card, ORDERFLOW_LABEL_FOLDER=folder))


def request(reference: str = REFERENCE, **changes: Any) -> ShipmentRequest:
    shape: dict[str, Any] = {
        "origin": SAO_PAULO,
        "destination": RECIFE,
        "parcel": Parcel(weight_grams=1200),
        "order_number": "#1001",
    }
    return ShipmentRequest(reference=reference, **(shape | changes))


def buy(carrier: RateCardCarrier, wanted: ShipmentRequest, offer: int = 0) -> Label:
    async def rate_and_buy() -> Label:
        return await carrier.buy(wanted, (await carrier.rate(wanted))[offer])

    return asyncio.run(rate_and_buy())


def text_of(document: bytes) -> str:
    return PdfReader(BytesIO(document)).pages[0].extract_text()


@pytest.mark.requirement("OF-53")
def test_a_regional_carrier_is_a_rate_card_named_in_the_configuration(tmp_path: Path) -> None:
    label = buy(carrier_in(tmp_path), request())
    assert (label.carrier, label.service) == ("regional", "Standard")
    assert label.cost == Money.of("29.43", "BRL")
    text = text_of(label.document)
    for part in ["José da Conceição", "Avenida João de Barros, 8", "São Paulo", REFERENCE, "#1001", "1.200 kg"]:
        assert part in text


@pytest.mark.requirement("OF-53")
def test_a_shop_brings_its_own_card_as_a_file(tmp_path: Path) -> None:
    own = load_rate_card("br").model_copy(update={"currency": "USD", "source": "our contract"})
    path = tmp_path / "ours.json"
    path.write_text(own.model_dump_json())
    assert load_rate_card(str(path)) == own
    assert buy(carrier_in(tmp_path, str(path)), request()).cost.currency == "USD"


def test_the_label_is_four_by_six_inches_and_names_extras(tmp_path: Path) -> None:
    document = buy(carrier_in(tmp_path), request(services=("gift_wrap",))).document
    box = PdfReader(BytesIO(document)).pages[0].mediabox
    assert (box.width, box.height) == (288, 432)
    assert "gift_wrap" in text_of(document)


def test_letters_the_font_lacks_are_written_plainly() -> None:
    assert printable("Łukasz Šimon Ğ\n北😀") == "Lukasz Šimon G ??"
    sheet = LabelSheet("x", SAO_PAULO, RECIFE, "RC1", "ref", "#1", 5, note="Łódź " * 60)
    assert "Lódz" in text_of(label_pdf(sheet))


def test_a_label_outlives_the_process_that_bought_it(tmp_path: Path) -> None:
    bought = buy(carrier_in(tmp_path), request())
    assert asyncio.run(carrier_in(tmp_path).find_by_reference(REFERENCE)) == bought
    assert asyncio.run(carrier_in(tmp_path).find_by_reference("01K0UNKNOWN")) is None


def test_a_voided_label_is_not_found_and_its_reference_is_not_sold_again(tmp_path: Path) -> None:
    carrier = carrier_in(tmp_path)
    bought = buy(carrier, request())
    assert asyncio.run(carrier.void(bought.provider_reference))
    assert asyncio.run(carrier.find_by_reference(REFERENCE)) is None
    assert not asyncio.run(carrier.void("01K0UNKNOWN"))
    with pytest.raises(Refused, match="voided"):
        buy(carrier, request())


def test_a_reference_that_would_leave_the_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        buy(carrier_in(tmp_path), request("../../etc"))
    assert refusal.value.field == "reference"


def test_nothing_is_left_of_a_purchase_that_broke_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def power_fails(path: Path, content: bytes) -> None:
        path.write_bytes(content[:10])
        raise OSError("no space left on the device")

    with monkeypatch.context() as patched:
        patched.setattr("connectors.carriers.rate_card._write", power_fails)
        with pytest.raises(OSError, match="no space"):
            buy(carrier_in(tmp_path), request())
    assert asyncio.run(carrier_in(tmp_path).find_by_reference(REFERENCE)) is None
    assert list((tmp_path / "rate_card").iterdir()) == []
    assert buy(carrier_in(tmp_path), request()).document.startswith(b"%PDF")


def test_buyers_that_race_for_one_reference_share_one_label(tmp_path: Path) -> None:
    async def race() -> list[Label]:
        rates = await carrier_in(tmp_path).rate(request())
        return await asyncio.gather(*(carrier_in(tmp_path).buy(request(), rates[i % 2]) for i in range(12)))

    assert len({label.service for label in asyncio.run(race())}) == 1
    assert [path.name for path in (tmp_path / "rate_card").iterdir()] == [REFERENCE]


def test_a_tracking_number_carries_its_check_digit() -> None:
    number = tracking_number(REFERENCE)
    digits = [int(digit) for digit in number.removeprefix("RC")]
    assert sum(digit * (1, 3)[place % 2] for place, digit in enumerate(reversed(digits))) % 10 == 0
    assert len(number) == 18
    assert number == tracking_number(REFERENCE) != tracking_number(REFERENCE + "X")


def test_offers_depend_on_weight_destination_and_speed(tmp_path: Path) -> None:
    carrier = carrier_in(tmp_path, "us")
    home = Address(country="US", region="CA", postal_code="90001", city="Los Angeles")
    near = Address(country="US", region="CA", postal_code="92101", city="San Diego")
    far = Address(country="US", region="NY", postal_code="10001", city="New York")

    def cheapest(destination: Address, grams: int) -> Money:
        wanted = request(origin=home, destination=destination, parcel=Parcel(weight_grams=grams))
        return asyncio.run(carrier.rate(wanted))[0].cost

    assert cheapest(near, 400) < cheapest(far, 400) < cheapest(far, 4000)
    wanted = request(origin=home, destination=far)
    fastest = min(asyncio.run(carrier.rate(wanted)), key=lambda rate: rate.days)
    assert fastest.speed is ShippingSpeed.OVERNIGHT
    assert cheapest(far, 1200) < fastest.cost
