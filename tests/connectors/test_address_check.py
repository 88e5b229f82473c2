"""What is said of an address before anybody prints it."""

import gzip
import json

import pytest
from shared_material import shared_path

from connectors.address_check import address_problem
from orderflow.address import Address

AUSTIN = Address(name="Ann", line1="1 Main St", city="Austin", region="TX", postal_code="78701", country="US")
SAO_PAULO = Address(line1="Rua Augusta 1", city="sao paulo", region="SP", postal_code="01305-000", country="BR")


def with_(address: Address, **changes: str) -> Address:
    return address.model_copy(update=changes)


@pytest.mark.parametrize(
    "address",
    [
        AUSTIN,
        with_(AUSTIN, region="Texas", city="AUSTIN", postal_code="78701-1234", phone=""),
        SAO_PAULO,
        with_(SAO_PAULO, region="sao paulo", postal_code="01305000"),
        Address(line1="10 Downing Street", city="London", region="England", postal_code="SW1A 2AA", country="GB"),
        Address(line1="Unter den Linden 1", city="Berlin", region="BE", postal_code="10117", country="DE"),
        Address(line1="1 Rue", city="Montréal", region="Quebec", postal_code="h2y1c6", country="CA"),
        Address(line1="Sheikh Zayed Road 1", city="Dubai", region="DU", country="AE"),
        Address(line1="1 Queen's Road", city="Central", region="HK", country="HK"),
    ],
)
def test_addresses_as_channels_really_send_them_pass(address: Address) -> None:
    assert address_problem(address) is None


@pytest.mark.parametrize(
    ("address", "field", "words"),
    [
        (Address(), "country", "missing"),
        (Address(country="ZZ"), "country", "no country"),
        (with_(AUSTIN, line1=" "), "line1", "street is missing"),
        (with_(AUSTIN, city=""), "city", "missing"),
        (with_(AUSTIN, region=""), "region", "missing"),
        (with_(AUSTIN, region="Bavaria"), "region", "'Bavaria' is no state of US"),
        (with_(AUSTIN, postal_code=""), "postal_code", "missing"),
        (with_(AUSTIN, postal_code="7870"), "postal_code", "7870 is no postal code of US"),
        (with_(AUSTIN, postal_code="90001"), "postal_code", "90001 is not in TX"),
        (with_(SAO_PAULO, region="Rio de Janeiro"), "postal_code", "not in RJ"),
        (with_(SAO_PAULO, postal_code="01305"), "postal_code", "no postal code of BR"),
    ],
)
def test_the_field_and_the_fault_are_named(address: Address, field: str, words: str) -> None:
    problem = address_problem(address)
    assert problem is not None
    assert problem[0] == f"destination.{field}"
    assert words in problem[1]


def test_a_channel_without_streets_is_accepted_when_the_shop_says_so() -> None:
    stripped = with_(SAO_PAULO, line1="", postal_code="01305")
    assert address_problem(stripped) == ("destination.line1", "the street is missing")
    assert address_problem(stripped, strict=False) is None
    assert address_problem(with_(stripped, region="RJ"), strict=False) is not None
    assert address_problem(with_(stripped, city=""), strict=False) is not None


def test_every_address_of_a_real_marketplace_passes_without_streets() -> None:
    with gzip.open(shared_path("data/olist_orders.jsonl.gz"), "rt", encoding="utf-8") as file:
        destinations = [json.loads(line)["destination"] for line in file]
    addresses = (
        Address(city=d["city"], region=d["state"], postal_code=d["postal_code"], country=d["country"])
        for d in destinations
    )
    problems = [problem for problem in (address_problem(a, strict=False) for a in addresses) if problem]
    assert problems == []
    assert len(destinations) > 10_000
