"""What is promised of every carrier, checked on each one the registry knows, over real HTTP to its stand-in."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from carrier_variables import REGIONAL_CARRIER, carrier_variables
from pypdf import PageObject, PdfReader
from sandbox_server import RunningSandbox, running_sandbox
from ulid import ULID

from connectors.carriers.regional import Settings as RegionalSettings
from connectors.carriers.shippo import Settings as ShippoSettings
from connectors.errors import NotConfigured, OutcomeUnknown, Refused, TryAgain
from connectors.protocols import Capabilities, Carrier, Label, ShipmentRequest
from connectors.registry import build, connectors_of
from deployments.sandbox.app import simulator_names
from orderflow.address import Address
from orderflow.shipping.rate import Parcel, ShippingSpeed

PROVES = {
    "dhl": pytest.mark.requirement("OF-52", "OF-59"),
    "easypost": pytest.mark.requirement("OMS-12"),
    "fedex": pytest.mark.requirement("OF-14", "OF-50", "OF-59"),
    "rate_card": pytest.mark.requirement("OF-53"),
    "regional": pytest.mark.requirement("OF-53"),
    "shippo": pytest.mark.requirement("OF-58"),
    "shipstation": pytest.mark.requirement("OF-57"),
    "ups": pytest.mark.requirement("OF-14", "OF-51", "OF-59"),
    "usps": pytest.mark.requirement("OF-14", "OF-49", "OF-59"),
}
# Who drives the van where somebody else sells the label; all others sell their own.
SELLS_FOR = {code: {"usps", "ups", "fedex"} for code in ("easypost", "rate_card", "shippo", "shipstation")}
SELLS_FOR |= {"regional": {"westrunner"}}
HAS_NO_VOID = {"dhl"}
ANSWERS_WITH_LINKS = {"easypost", "shippo", "shipstation"}
# UPS sends a picture that is put on a page, and does not tell a price again.
SENDS_A_PICTURE = {"ups"}
# USPS counts how often it is asked for a label, so it is asked once.
IS_ASKED_ONCE = {"usps"}
# These tell why there are no rates: a carrier that did not respond is asked again, not shown to a person.
SAYS_NOBODY_ANSWERED = {"easypost", "shippo"}


def capabilities(code: str) -> Capabilities:
    """What the carrier promises; the regional one by its description."""
    if code == "regional":
        settings = RegionalSettings(REGIONAL_CARRIER_TOKEN="x", REGIONAL_CARRIER_FILE=REGIONAL_CARRIER)
        return settings.description().capabilities()
    return connectors_of("carriers")[code].capabilities


def carriers(*codes: str) -> list[Any]:
    return [pytest.param(code, marks=PROVES.get(code, ())) for code in codes]


ALL = tuple(connectors_of("carriers"))
CARRIERS = carriers(*ALL)
PLATFORMS = [carrier for carrier in CARRIERS if carrier.values[0] in simulator_names()]
UNIQUE = [code for code in ALL if capabilities(code).unique_reference]
FOUND = [carrier for carrier in CARRIERS if capabilities(carrier.values[0]).find_by_reference]
FOUND_PLATFORMS = [carrier for carrier in FOUND if carrier in PLATFORMS]
NEVER_FOUND = carriers(*(code for code in ALL if not capabilities(code).find_by_reference))
VOIDED = carriers(*(code for code in ALL if code not in HAS_NO_VOID))
LINKED = carriers(*sorted(ANSWERS_WITH_LINKS))
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
        self._variables = carrier_variables(sandbox.url)
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


def page_of(label: Label) -> PageObject:
    return PdfReader(BytesIO(label.document)).pages[0]


@pytest.mark.parametrize("code", CARRIERS)
def test_offers_come_cheapest_first_and_name_carrier_service_and_days(shop: Shop, code: str) -> None:
    rates = shop.ask(code, lambda carrier: carrier.rate(shop.request()))
    assert len(rates) >= 3
    assert [rate.cost for rate in rates] == sorted((rate.cost for rate in rates), key=lambda cost: cost.amount)
    assert {rate.provider for rate in rates} == {code}
    assert SELLS_FOR.get(code, {code}) <= {rate.carrier for rate in rates}
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
    assert label.cost_is_known
    assert label.tracking_number
    if code in SENDS_A_PICTURE:
        (picture,) = page_of(label).images
        assert picture.image.size == (1400, 800)
    else:
        assert label.tracking_number in page_of(label).extract_text().replace(" ", "")


@pytest.mark.parametrize("code", FOUND)
def test_a_label_is_found_by_the_reference_it_was_bought_under(shop: Shop, code: str) -> None:
    assert shop.find(code) is None
    bought = shop.buy(code)
    found = shop.find(code)
    assert found is not None
    facts = ["provider_reference", "tracking_number", "carrier", "service", "document"]
    assert [getattr(found, fact) for fact in facts] == [getattr(bought, fact) for fact in facts]
    assert found.cost == bought.cost or (not found.cost_is_known and code in SENDS_A_PICTURE)


@pytest.mark.parametrize("code", NEVER_FOUND)
def test_a_carrier_that_cannot_be_asked_never_says_that_there_is_no_label(shop: Shop, code: str) -> None:
    shop.buy(code)
    with pytest.raises(OutcomeUnknown, match="cannot be asked"):
        shop.find(code)


@pytest.mark.parametrize("code", sorted(HAS_NO_VOID))
def test_a_carrier_without_voids_refuses_them(shop: Shop, code: str) -> None:
    assert not shop.void(code, shop.buy(code).provider_reference)
    assert [row["voided"] for row in shop.sold(code)] == [False]


@pytest.mark.parametrize("code", VOIDED)
def test_a_voided_label_is_gone_and_what_was_never_sold_cannot_be_voided(shop: Shop, code: str) -> None:
    bought = shop.buy(code)
    assert shop.void(code, bought.provider_reference)
    if capabilities(code).find_by_reference:
        assert shop.find(code) is None
    if code in simulator_names():
        assert [row["voided"] for row in shop.sold(code)] == [True]
    assert shop.void(code, bought.provider_reference), "void already counts as void"
    assert not shop.void(code, "se-0")


@pytest.mark.parametrize("code", CARRIERS)
def test_buying_twice_buys_once_where_the_carrier_promises_it(shop: Shop, code: str) -> None:
    first, second = shop.buy(code), shop.buy(code)
    unique = capabilities(code).unique_reference
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
@pytest.mark.parametrize("code", FOUND_PLATFORMS)
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
    if capabilities(code).find_by_reference:
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
@pytest.mark.parametrize("code", PLATFORMS)
def test_a_question_for_rates_is_repeated_after_a_passing_failure(shop: Shop, code: str) -> None:
    shop.sandbox.fail(code, "rate", "error_500")
    assert shop.ask(code, lambda carrier: carrier.rate(shop.request()))


@pytest.mark.requirement("LANE-17")
@pytest.mark.parametrize("code", [carrier for carrier in FOUND_PLATFORMS if carrier.values[0] not in IS_ASKED_ONCE])
def test_a_question_for_a_label_is_repeated_after_a_passing_failure(shop: Shop, code: str) -> None:
    bought = shop.buy(code)
    shop.sandbox.fail(code, "find", "error_500")
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
    if code in SAYS_NOBODY_ANSWERED:
        with pytest.raises(TryAgain, match="did not respond"):
            shop.ask(code, lambda carrier: carrier.rate(shop.request()))
    else:
        assert shop.ask(code, lambda carrier: carrier.rate(shop.request())) == ()
    shop.sandbox.fail(code, "buy", "error_inside")
    with pytest.raises(Refused) as refusal:
        shop.buy(code)
    assert refusal.value.code not in {"address", "credentials"}
    assert shop.sold(code) == []
    label = shop.buy(code)
    shop.sandbox.fail(code, "void", "error_inside")
    assert not shop.void(code, label.provider_reference)
    assert [row["voided"] for row in shop.sold(code)] == [False]


@pytest.mark.parametrize("code", LINKED)
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
        ("easypost", "EASYPOST_API_KEY"),
        ("usps", "USPS_CLIENT_ID"),
        ("ups", "UPS_CLIENT_ID"),
        ("fedex", "FEDEX_CLIENT_ID"),
        ("dhl", "DHL_API_KEY"),
        ("regional", "REGIONAL_CARRIER_TOKEN"),
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
