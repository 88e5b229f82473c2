"""What is promised of every carrier, checked on each one the registry knows, over real HTTP to its stand-in."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sandbox_server import RunningSandbox, running_sandbox
from ulid import ULID

from connectors.carriers.shippo import Settings as ShippoSettings
from connectors.errors import NotConfigured, OutcomeUnknown, Refused, TryAgain
from connectors.protocols import Carrier, Label, ShipmentRequest
from connectors.registry import build, connectors_of
from deployments.sandbox.app import simulator_names
from orderflow.address import Address
from orderflow.shipping.rate import Parcel, ShippingSpeed

PROVES = {
    "rate_card": pytest.mark.requirement("OF-53"),
    "shippo": pytest.mark.requirement("OF-58"),
    "shipstation": pytest.mark.requirement("OF-57"),
}
CARRIERS = [pytest.param(code, marks=PROVES.get(code, ())) for code in connectors_of("carriers")]
PLATFORMS = [carrier for carrier in CARRIERS if carrier.values[0] in simulator_names()]
UNIQUE = [code for code, carrier in connectors_of("carriers").items() if carrier.capabilities.unique_reference]
VARIABLES = {
    "SHIPSTATION_API_KEY": "TEST_contract",
    "SHIPSTATION_BASE_URL": "{url}/shipstation/v2",
    "SHIPPO_API_TOKEN": "shippo_test_contract",
    "SHIPPO_BASE_URL": "{url}/shippo",
}

LOS_ANGELES = Address(
    name="Warehouse LA",
    line1="1 Dock St",
    city="Los Angeles",
    region="CA",
    postal_code="90001",
    country="US",
    phone="+12135550100",
)
NEW_YORK = Address(name="Ann", line1="5 Elm St", city="New York", region="NY", postal_code="10001", country="US")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def shop(sandbox: RunningSandbox, tmp_path: Path) -> Iterator["Shop"]:
    yield Shop(sandbox, tmp_path)
    sandbox.app.state.faults.clear()


class Shop:
    """A shop with one shipment to send, and every carrier configured."""

    def __init__(self, sandbox: RunningSandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.reference = str(ULID())
        self._variables = {name: text.format(url=sandbox.url) for name, text in VARIABLES.items()}
        self._variables["ORDERFLOW_LABEL_FOLDER"] = str(folder)

    def request(self, **changes: Any) -> ShipmentRequest:
        shape: dict[str, Any] = {"origin": LOS_ANGELES, "destination": NEW_YORK, "parcel": Parcel(weight_grams=900)}
        return ShipmentRequest(reference=self.reference, order_number="#1001", **(shape | changes))

    def ask(self, code: str, question: Callable[[Carrier], Awaitable[Any]], **variables: str) -> Any:
        async def opened() -> Any:
            carrier = build("carriers", code, self._variables | variables)
            try:
                return await question(carrier)
            finally:
                if hasattr(carrier, "aclose"):
                    await carrier.aclose()

        return asyncio.run(opened())

    def buy(self, code: str, **changes: Any) -> Label:
        async def rate_and_buy(carrier: Carrier) -> Label:
            request = self.request(**changes)
            return await carrier.buy(request, (await carrier.rate(request))[0])

        return self.ask(code, rate_and_buy)

    def find(self, code: str) -> Label | None:
        return self.ask(code, lambda carrier: carrier.find_by_reference(self.reference))

    def void(self, code: str, provider_reference: str) -> bool:
        return self.ask(code, lambda carrier: carrier.void(provider_reference))

    def sold(self, code: str) -> list[dict[str, Any]]:
        """The labels of this shop's shipment in the stand-in's own books."""
        return [row for row in self.sandbox.books(code).entries("labels") if row["reference"] == self.reference]


def text_of(label: Label) -> str:
    return PdfReader(BytesIO(label.document)).pages[0].extract_text()


@pytest.mark.parametrize("code", CARRIERS)
def test_offers_come_cheapest_first_and_name_carrier_service_and_days(shop: Shop, code: str) -> None:
    rates = shop.ask(code, lambda carrier: carrier.rate(shop.request()))
    assert len(rates) >= 3
    assert [rate.cost for rate in rates] == sorted((rate.cost for rate in rates), key=lambda cost: cost.amount)
    assert {rate.provider for rate in rates} == {code}
    assert {"usps", "ups", "fedex"} <= {rate.carrier for rate in rates}
    assert min(rates, key=lambda rate: rate.days).speed is ShippingSpeed.OVERNIGHT


@pytest.mark.parametrize("code", CARRIERS)
def test_a_heavier_parcel_and_a_longer_way_cost_more(shop: Shop, code: str) -> None:
    near = Address(
        name="Bo", line1="1 Sea St", city="San Diego", region="CA", postal_code="92101", country="US", phone="1"
    )

    def price(**changes: Any) -> Any:
        return shop.ask(code, lambda carrier: carrier.rate(shop.request(**changes)))[0].cost

    assert price(destination=near) < price() < price(parcel=Parcel(weight_grams=9000))
    assert price() == price()


@pytest.mark.parametrize("code", CARRIERS)
def test_a_bought_label_has_its_number_its_cost_and_a_pdf(shop: Shop, code: str) -> None:
    offers = shop.ask(code, lambda carrier: carrier.rate(shop.request()))
    label = shop.buy(code)
    assert (label.provider, label.carrier, label.service) == (code, offers[0].carrier, offers[0].service)
    assert label.cost == offers[0].cost
    assert label.tracking_number
    assert label.tracking_number in text_of(label).replace(" ", "")


@pytest.mark.parametrize("code", CARRIERS)
def test_a_label_is_found_by_the_reference_it_was_bought_under(shop: Shop, code: str) -> None:
    assert shop.find(code) is None
    bought = shop.buy(code)
    found = shop.find(code)
    assert found is not None
    facts = ("provider_reference", "tracking_number", "carrier", "service", "cost", "document")
    assert [getattr(found, fact) for fact in facts] == [getattr(bought, fact) for fact in facts]


@pytest.mark.parametrize("code", CARRIERS)
def test_a_voided_label_is_gone_and_what_was_never_sold_cannot_be_voided(shop: Shop, code: str) -> None:
    bought = shop.buy(code)
    assert shop.void(code, bought.provider_reference)
    assert shop.find(code) is None
    assert shop.void(code, bought.provider_reference), "void already counts as void"
    assert not shop.void(code, "se-0")


@pytest.mark.parametrize("code", CARRIERS)
def test_buying_twice_buys_once_where_the_carrier_promises_it(shop: Shop, code: str) -> None:
    first, second = shop.buy(code), shop.buy(code)
    unique = connectors_of("carriers")[code].capabilities.unique_reference
    assert (first.tracking_number == second.tracking_number) == unique
    if code in simulator_names():
        assert len(shop.sold(code)) == (1 if unique else 2)


@pytest.mark.parametrize("code", UNIQUE)
def test_a_voided_reference_is_not_sold_again_where_references_are_unique(shop: Shop, code: str) -> None:
    shop.void(code, shop.buy(code).provider_reference)
    with pytest.raises(Refused) as refusal:
        shop.buy(code)
    assert refusal.value.code == "reference_used"


@pytest.mark.parametrize("mode", ["cut_off", "error_500_done", "nonsense"])
@pytest.mark.parametrize("code", PLATFORMS)
def test_a_purchase_of_unknown_outcome_is_found_afterwards(shop: Shop, code: str, mode: str) -> None:
    shop.sandbox.fail(code, "buy", mode)
    with pytest.raises(OutcomeUnknown):
        shop.buy(code)
    found = shop.find(code)
    assert found is not None
    assert [row["tracking_number"] for row in shop.sold(code)] == [found.tracking_number]


@pytest.mark.parametrize("code", PLATFORMS)
def test_a_purchase_that_failed_before_it_was_done_is_not_found(shop: Shop, code: str) -> None:
    shop.sandbox.fail(code, "buy", "error_500")
    with pytest.raises(OutcomeUnknown):
        shop.buy(code)
    assert shop.find(code) is None
    assert shop.sold(code) == []


@pytest.mark.requirement("LANE-17")
@pytest.mark.parametrize("code", PLATFORMS)
def test_too_many_requests_wait_as_long_as_told(shop: Shop, code: str) -> None:
    shop.sandbox.fail(code, "buy", "rate_limited", seconds=7)
    with pytest.raises(TryAgain) as wait:
        shop.buy(code)
    assert wait.value.wait_seconds == 7
    assert shop.sold(code) == []


@pytest.mark.requirement("LANE-17")
@pytest.mark.parametrize("operation", ["rate", "find"])
@pytest.mark.parametrize("code", PLATFORMS)
def test_a_question_is_repeated_after_a_passing_failure(shop: Shop, code: str, operation: str) -> None:
    bought = shop.buy(code)
    shop.sandbox.fail(code, operation, "error_500")
    if operation == "rate":
        assert shop.ask(code, lambda carrier: carrier.rate(shop.request()))
    else:
        found = shop.find(code)
        assert found is not None
        assert found.tracking_number == bought.tracking_number


@pytest.mark.parametrize("code", CARRIERS)
def test_an_address_nobody_delivers_to_is_refused_as_one(shop: Shop, code: str) -> None:
    nowhere = NEW_YORK.model_copy(update={"postal_code": "00000"})
    with pytest.raises(Refused) as refusal:
        shop.buy(code, destination=nowhere)
    assert refusal.value.code == "address"
    assert refusal.value.field.startswith("destination")


@pytest.mark.parametrize("code", PLATFORMS)
def test_an_address_the_carrier_refuses_at_the_purchase_is_refused_as_one(shop: Shop, code: str) -> None:
    nowhere = NEW_YORK.model_copy(update={"line1": "1 Undeliverable Way"})
    with pytest.raises(Refused) as refusal:
        shop.buy(code, destination=nowhere)
    assert refusal.value.code == "address"
    assert shop.sold(code) == []


@pytest.mark.parametrize("code", PLATFORMS)
def test_a_missing_part_of_the_address_is_named_as_ours(shop: Shop, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        shop.buy(code, destination=NEW_YORK.model_copy(update={"postal_code": ""}))
    assert (refusal.value.code, refusal.value.field) == ("address", "destination.postal_code")


@pytest.mark.parametrize("code", PLATFORMS)
def test_an_error_inside_a_success_is_recognised(shop: Shop, code: str) -> None:
    shop.sandbox.fail(code, "rate", "error_inside")
    assert shop.ask(code, lambda carrier: carrier.rate(shop.request())) == ()
    shop.sandbox.fail(code, "buy", "error_inside")
    with pytest.raises(Refused) as refusal:
        shop.buy(code)
    assert refusal.value.code not in {"address", "credentials"}
    assert shop.sold(code) == []
    label = shop.buy(code)
    shop.sandbox.fail(code, "void", "error_inside")
    assert not shop.void(code, label.provider_reference)
    assert shop.find(code) is not None


@pytest.mark.parametrize("code", PLATFORMS)
def test_a_label_whose_file_cannot_be_fetched_is_bought_all_the_same(shop: Shop, code: str) -> None:
    bought = shop.buy(code)
    shop.sandbox.fail(code, "download", "nonsense")
    found = shop.find(code)
    assert found is not None
    assert (found.tracking_number, found.document) == (bought.tracking_number, b"")
    assert found.document_url.startswith(shop.sandbox.url)


@pytest.mark.parametrize(
    ("code", "variable"),
    [
        pytest.param("shipstation", "SHIPSTATION_API_KEY", marks=pytest.mark.requirement("OF-98")),
        pytest.param("shippo", "SHIPPO_API_TOKEN", marks=pytest.mark.requirement("OF-99")),
    ],
)
def test_the_credential_of_the_environment_is_used_and_missed_by_name(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, code: str, variable: str
) -> None:
    monkeypatch.setenv(variable, "wrong")
    with pytest.raises(Refused) as refusal:
        shop.buy(code)
    assert refusal.value.code == "credentials"
    monkeypatch.delenv(variable)
    with pytest.raises(NotConfigured) as missing:
        build("carriers", code, {})
    assert missing.value.variable == variable


def test_a_carrier_without_credentials_does_not_disturb_the_others(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHIPPO_API_TOKEN", raising=False)
    assert shop.buy("rate_card").document


@pytest.mark.parametrize("code", PLATFORMS)
def test_a_service_nobody_answers_for_has_certainly_done_nothing(shop: Shop, code: str) -> None:
    request, nobody = shop.request(), {f"{code.upper()}_BASE_URL": "http://127.0.0.1:9"}
    rate = shop.ask(code, lambda carrier: carrier.rate(request))[0]
    with pytest.raises(TryAgain):
        shop.ask(code, lambda carrier: carrier.buy(request, rate), **nobody)


@pytest.mark.requirement("OMS-21")
def test_shipstation_is_told_its_own_warehouse_and_connects_several_carriers(shop: Shop) -> None:
    shop.buy("shipstation", location_ids={"shipstation": "se-7001"})
    assert [row["warehouse_id"] for row in shop.sold("shipstation")] == ["se-7001"]
    only_fedex = {"SHIPSTATION_CARRIER_IDS": "se-103"}
    rates = shop.ask("shipstation", lambda carrier: carrier.rate(shop.request()), **only_fedex)
    assert {rate.carrier for rate in rates} == {"fedex"}


def test_the_balance_of_the_stand_in_follows_purchases_and_voids(shop: Shop) -> None:
    def balance() -> str:
        return shop.sandbox.books("shipstation").entries("account")[0]["balance"]

    before = balance()
    label = shop.buy("shipstation")
    assert balance() != before
    shop.void("shipstation", label.provider_reference)
    assert balance() == before


def test_a_credential_is_not_shown_where_settings_are_printed() -> None:
    settings = ShippoSettings(SHIPPO_API_TOKEN="shippo_live_secret")
    assert "secret" not in f"{settings!r} {settings}"
