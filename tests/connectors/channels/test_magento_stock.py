"""Magento's multi-source inventory, talking to its stand-in: counted once, reservations kept, sources set."""

import asyncio
from typing import Any

import httpx
import pytest
from channel_exchanges import Exchanges
from channel_variables import channel_variables
from pydantic import SecretStr

from connectors.channels.magento import MagentoStock
from connectors.channels.magento.rest import shop_http
from connectors.channels.magento.settings import MagentoSettings
from connectors.errors import NotConfigured, Refused
from orderflow.inventory import StockLevel

VARIABLES = channel_variables("http://sandbox")
BY_ADOBE = {
    "MAGENTO_ACCESS_TOKEN": "",
    "MAGENTO_CLIENT_ID": "TEST_client",
    "MAGENTO_CLIENT_SECRET": "TEST_secret",
    "MAGENTO_LOGIN_URL": "http://sandbox/magento",
}


class Stand:
    """The connector and its stand-in."""

    def __init__(self, **variables: str) -> None:
        self.transport = Exchanges("magento")
        self.settings = MagentoSettings.load({**VARIABLES, **variables})
        self.source = MagentoStock(self.settings, shop_http(self.settings, self.transport))

    async def tell(self, path: str, content: Any) -> None:
        async with httpx.AsyncClient(transport=self.transport.sandbox, base_url="http://sandbox") as controls:
            assert (await controls.post(f"/magento/{path}", json=content)).status_code == 201

    async def stock(self, *levels: tuple[str, str, int], **composites: str) -> None:
        rows = [{"location": place, "sku": sku, "on_hand": units} for place, sku, units in levels]
        await self.tell("_stock", {"levels": rows, "composites": composites})

    async def reserve(self, sku: str, units: int) -> None:
        await self.tell("_orders", {"orders": [{"line_items": [{"sku": sku, "quantity": units}]}]})

    async def shown(self) -> dict[tuple[str, str], tuple[int, int]]:
        levels = await self.source.stock_levels()
        return {(level.location, level.sku): (level.on_hand, level.available) for level in levels}

    async def set(self, *wanted: tuple[str, str, int]) -> int:
        levels = [StockLevel(location=place, sku=sku, on_hand=units) for place, sku, units in wanted]
        return await self.source.set_available(levels, key="k")

    def written(self) -> list[str]:
        return [each.request.method for each in self.transport.kept if each.request.method == "POST"]


@pytest.mark.requirement("OF-41")
def test_reservations_are_taken_from_the_sources_in_their_order():
    async def read():
        stand = Stand()
        await stand.stock(("north", "BOOT", 2), ("south", "BOOT", 5), ("south", "SOCK", 1))
        await stand.reserve("BOOT", 3)
        return await stand.shown()

    assert asyncio.run(read()) == {("north", "BOOT"): (2, 0), ("south", "BOOT"): (5, 4), ("south", "SOCK"): (1, 1)}


@pytest.mark.requirement("OF-41")
def test_a_product_made_of_parts_is_counted_by_its_parts_alone():
    async def read():
        stand = Stand()
        await stand.stock(("north", "BOOT", 7), ("north", "BOOT-41", 4), ("north", "BOOT-42", 3), BOOT="configurable")
        return await stand.shown()

    assert asyncio.run(read()) == {("north", "BOOT-41"): (4, 4), ("north", "BOOT-42"): (3, 3)}


def test_a_source_item_out_of_stock_sells_nothing():
    async def read():
        stand = Stand()
        closed = {"location": "north", "sku": "BOOT", "on_hand": 4, "status": 0}
        await stand.tell("_stock", {"levels": [closed]})
        return await stand.shown()

    assert asyncio.run(read()) == {("north", "BOOT"): (4, 0)}


@pytest.mark.requirement("OF-41")
def test_what_is_reserved_stays_on_top_of_what_is_set_and_a_repeat_writes_nothing():
    async def set_twice():
        stand = Stand()
        await stand.stock(("north", "BOOT", 2), ("south", "BOOT", 5))
        await stand.reserve("BOOT", 3)
        wanted = (("north", "BOOT", 1), ("south", "BOOT", 2))
        return [await stand.set(*wanted) for _ in range(2)], await stand.shown(), stand.written()

    accepted, shown, written = asyncio.run(set_twice())
    assert (accepted, written) == ([2, 2], ["POST"])
    assert {place: available for place, (_, available) in shown.items()} == {("north", "BOOT"): 1, ("south", "BOOT"): 2}


def test_the_units_of_all_sources_together_are_what_was_asked_for():
    async def set_once():
        stand = Stand()
        await stand.stock(("north", "BOOT", 9), ("south", "BOOT", 9))
        await stand.reserve("BOOT", 2)
        await stand.set(("north", "BOOT", 4), ("south", "BOOT", 1))
        return sum(available for _, available in (await stand.shown()).values())

    assert asyncio.run(set_once()) == 5


def test_a_source_that_holds_none_yet_is_given_some_and_the_unknown_is_left_out():
    async def set_new():
        stand = Stand()
        await stand.stock(("north", "BOOT", 2), ("south", "SOCK", 5))
        accepted = await stand.set(("south", "BOOT", 4), ("south", "NOBODY", 1), ("attic", "BOOT", 1))
        return accepted, (await stand.shown())["south", "BOOT"]

    assert asyncio.run(set_new()) == (1, (4, 4))


def test_levels_under_our_own_codes_are_summed_where_there_is_one_source():
    async def set_sum():
        stand = Stand()
        await stand.stock(("default", "BOOT", 2))
        return await stand.set(("warehouse_la", "BOOT", 4), ("warehouse_ny", "BOOT", 3)), await stand.shown()

    assert asyncio.run(set_sum()) == (2, {("default", "BOOT"): (7, 7)})


def test_a_list_longer_than_a_page_is_read_to_its_end_and_no_further(monkeypatch):
    monkeypatch.setattr("connectors.channels.magento.rest.PAGE_SIZE", 2)

    async def read():
        stand = Stand()
        await stand.stock(*[("north", f"S/{number} x", number) for number in range(1, 6)])
        return await stand.shown()

    assert [units for units, _ in asyncio.run(read()).values()] == [1, 2, 3, 4, 5]


def test_adobes_edition_is_asked_with_a_token_that_is_fetched_once():
    async def read():
        stand = Stand(**BY_ADOBE)
        await stand.stock(("north", "BOOT", 2))
        await stand.shown()
        return [each.request for each in stand.transport.kept]

    login, *asked = asyncio.run(read())
    assert login.url.path == "/magento/ims/token/v3" and b"client_id=TEST_client" in login.content
    assert len(asked) > 1 and len({request.headers["authorization"] for request in asked}) == 1


def test_a_client_adobe_does_not_know_is_refused_before_the_shop_is_asked():
    async def read():
        stand = Stand(**BY_ADOBE | {"MAGENTO_CLIENT_SECRET": "wrong"})
        with pytest.raises(Refused) as refusal:
            await stand.shown()
        return refusal.value.code, [each.request.url.path for each in stand.transport.kept]

    assert asyncio.run(read()) == ("credentials", ["/magento/ims/token/v3"])


def test_a_refusal_is_told_in_whole_sentences():
    async def ask():
        stand = Stand()
        await stand.source._rest.get("inventory/get-product-salable-quantity/NOBODY/1")

    with pytest.raises(Refused, match='The product with SKU "NOBODY" does not exist'):
        asyncio.run(ask())


def test_without_any_credentials_the_variable_is_named():
    with pytest.raises(NotConfigured):
        MagentoStock(MagentoSettings.load({"MAGENTO_URL": "shop.example"}))
    assert MagentoSettings.load(VARIABLES).access_token == SecretStr("TEST_sandbox")
