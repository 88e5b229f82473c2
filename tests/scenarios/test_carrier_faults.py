"""However a carrier fails, the order is labelled once, waits or is shown to a person; nothing crashes."""

import pytest
from scenarios.floor import UP_TO_LABELS, Opener, ShopFloor, an_order

from connectors.transport.http import HttpClient

MODES = ["error_inside", "rate_limited", "error_500", "error_500_done", "cut_off", "nonsense", "silent"]
SHIPSTATION_ONLY = {"label_providers": ["shipstation"], "label_limits_per_minute": {"shipstation": 500}}
SHIPPO_ONLY = {"label_providers": ["shippo"], "label_limits_per_minute": {"shippo": 500}}
ONE_EACH = [pytest.param(SHIPSTATION_ONLY, id="shipstation"), pytest.param(SHIPPO_ONLY, id="shippo")]


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connector waits half a second for an answer instead of twenty."""
    monkeypatch.setitem(HttpClient.__init__.__kwdefaults__, "timeout_seconds", 0.5)


def provider_of(settings: dict[str, object]) -> str:
    return str(settings["label_providers"][0])


def work_for_minutes(floor: ShopFloor, minutes: int) -> None:
    for _ in range(2 * minutes):
        floor.work(*UP_TO_LABELS, rounds=2)
        floor.clock.forward(seconds=30)


@pytest.mark.requirement("OF-57", "OF-58")
@pytest.mark.parametrize("settings", ONE_EACH)
@pytest.mark.parametrize("mode", MODES)
def test_a_purchase_that_fails_once_ends_in_one_label_or_with_a_person(
    opener: Opener, settings: dict[str, object], mode: str
) -> None:
    floor = opener(fulfillment=settings)
    floor.stock(50)
    floor.sandbox.fail(provider_of(settings), "buy", mode, count=1, seconds=1)
    order = an_order()
    floor.deliver(order)
    work_for_minutes(floor, 4)
    if mode == "error_inside":
        assert floor.held(order)[1].startswith("label_"), "the carrier said no for good"
        assert floor.labels(order) == []
    else:
        assert floor.status(order) == "fulfilled"
        assert len(floor.labels(order, void=True)) == 1
    floor.books_agree()


@pytest.mark.parametrize("settings", ONE_EACH)
@pytest.mark.parametrize("mode", MODES)
def test_a_question_for_rates_that_fails_ends_in_one_label_once_the_carrier_answers(
    opener: Opener, settings: dict[str, object], mode: str
) -> None:
    floor = opener(fulfillment=settings)
    floor.stock(50)
    floor.sandbox.fail(provider_of(settings), "rate", mode, count=3, seconds=1)
    order = an_order()
    floor.deliver(order)
    work_for_minutes(floor, 2)
    if mode == "error_inside" and provider_of(settings) != "shippo":  # Shippo says that a carrier did not respond
        assert floor.held(order)[0] in {"approval", "address"}
        assert floor.labels(order) == []
    else:
        assert floor.status(order) == "fulfilled"
        assert len(floor.labels(order, void=True)) == 1
    floor.books_agree()


@pytest.mark.requirement("OF-74")
@pytest.mark.parametrize("settings", ONE_EACH)
def test_an_address_the_carrier_refuses_is_a_case_that_names_the_field(
    opener: Opener, settings: dict[str, object]
) -> None:
    floor = opener(fulfillment=settings)
    floor.stock(50)
    refused, fine = an_order(line1="UNDELIVERABLE"), an_order()
    floor.deliver(refused, fine)
    floor.work(*UP_TO_LABELS)
    reason, code, field = floor.held(refused)
    assert (reason, code, field.split(".")[0]) == ("address", "address_refused", "destination")
    assert (floor.labels(refused), floor.status(fine)) == ([], "fulfilled")
    floor.books_agree()
