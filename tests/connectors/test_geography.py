"""Coordinates from the postal area, the region or the country; zones from distances."""

import csv

import pytest
from shared_material import shared_path

from connectors.carriers.rate_card import load_rate_card
from connectors.geography import TABLE, with_coordinates
from orderflow.address import Address
from orderflow.money import Money
from orderflow.shipping.zones import distance_km

LOS_ANGELES = Address(country="US", region="CA", postal_code="90001")
US = load_rate_card("us")


def zone_between(origin: str, destination: str) -> str:
    places = (with_coordinates(Address(country="US", postal_code=code)) for code in (origin, destination))
    return US.zones[US.zone_of(*places)].name


def test_a_zip_code_is_placed_by_its_first_three_digits() -> None:
    placed = with_coordinates(LOS_ANGELES)
    assert (placed.latitude, placed.longitude) == pytest.approx((34.0, -118.2), abs=0.2)
    assert with_coordinates(LOS_ANGELES.model_copy(update={"postal_code": "90001-1234"})) == placed.model_copy(
        update={"postal_code": "90001-1234"}
    )


def test_without_a_known_zip_code_the_state_and_then_the_country_stands_in() -> None:
    state = with_coordinates(Address(country="US", region="CA"))
    country = with_coordinates(Address(country="US", region="??", postal_code="000"))
    assert distance_km(state, with_coordinates(LOS_ANGELES)) < 400
    assert 1500 < distance_km(country, with_coordinates(LOS_ANGELES)) < 3500


def test_brazilian_states_and_other_countries_are_placed() -> None:
    sao_paulo = with_coordinates(Address(country="BR", region="SP", postal_code="01310"))
    recife = with_coordinates(Address(country="BR", region="PE"))
    assert 1800 < distance_km(sao_paulo, recife) < 2400
    assert with_coordinates(Address(country="DE", postal_code="10115")).has_coordinates


def test_given_coordinates_are_kept_and_unknown_places_stay_without() -> None:
    given = LOS_ANGELES.model_copy(update={"latitude": 1.0, "longitude": 2.0})
    assert with_coordinates(given) is given
    assert not with_coordinates(Address(country="AQ")).has_coordinates
    assert not with_coordinates(Address()).has_coordinates


def test_the_table_is_small_and_names_its_sources() -> None:
    text = TABLE.read_text(encoding="utf-8")
    assert len(text) < 30_000
    assert "MIT" in text.split("place,", 1)[0]
    assert "CC BY 4.0" in text.split("place,", 1)[0]


@pytest.mark.parametrize(
    ("destination", "zone"),
    [("90210", "zone 1"), ("92101", "zone 2"), ("94103", "zone 4"), ("10001", "zone 8")],
)
def test_zones_grow_with_the_distance_as_the_post_counts_them(destination: str, zone: str) -> None:
    assert zone_between("90001", destination) == zone


def test_every_printed_price_of_the_post_is_on_the_card() -> None:
    names = {"USPS Ground Advantage": "Ground Advantage"}
    checked = 0
    with shared_path("data/usps_notice123_2025-10-05.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            grams = whole_grams(row["product"], row["weight_not_over"])
            service = next((s for s in US.services if s.service == names.get(row["product"], row["product"])), None)
            if not row["table"].startswith("Commercial") or service is None or not 0 < grams <= service.max_grams:
                continue
            printed = [Money.of(row[f"zone{zone}"], "USD").amount for zone in range(1, 9)]
            assert [service.price(zone, grams) for zone in range(8)] == printed, row
            checked += len(printed)
    assert checked > 1000


def whole_grams(product: str, printed: str) -> int:
    """The heaviest whole grams a row covers, 0 for none: a pound is covered by the 15.999 ounces before it."""
    if printed == "Oversized" or (product, printed) == ("USPS Ground Advantage", "1"):
        return 0
    weight, _, unit = printed.partition(" ")
    return int(float(weight) * (453.59237 / 16 if unit == "oz" else 453.59237))
