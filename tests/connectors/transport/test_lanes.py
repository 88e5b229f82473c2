"""Every call has a connection to itself, and the next call to the same address finds it again."""

import asyncio

import httpx
import pytest

from connectors.transport.lanes import Lanes


class Lane(httpx.AsyncBaseTransport):
    """One connection: it answers with its number, breaks off where asked to, and takes one call at a time."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.is_busy = False
        self.is_closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert not self.is_busy
        self.is_busy = True
        await asyncio.sleep(0)
        self.is_busy = False
        if request.url.path == "/broken":
            raise httpx.ReadError("the connection broke")
        return httpx.Response(200, content=str(self.number).encode())

    async def aclose(self) -> None:
        self.is_closed = True


class Opened:
    """The lanes opened so far, and a client that uses them."""

    def __init__(self) -> None:
        self.lanes: list[Lane] = []
        self.client = httpx.AsyncClient(transport=Lanes(self._open))

    def _open(self) -> Lane:
        self.lanes.append(Lane(len(self.lanes)))
        return self.lanes[-1]


def test_calls_one_after_the_other_share_a_connection() -> None:
    opened = Opened()

    async def run() -> list[str]:
        return [(await opened.client.get("https://shop.test/")).text for _ in range(3)]

    assert asyncio.run(run()) == ["0", "0", "0"]


def test_calls_at_once_have_a_connection_each_and_keep_it_for_the_next() -> None:
    opened = Opened()

    async def run() -> list[set[str]]:
        rounds = []
        for _ in range(2):
            answers = await asyncio.gather(*(opened.client.get("https://shop.test/") for _ in range(4)))
            rounds.append({answer.text for answer in answers})
        return rounds

    assert asyncio.run(run()) == [{"0", "1", "2", "3"}] * 2


def test_addresses_do_not_share_connections() -> None:
    opened = Opened()

    async def run() -> list[str]:
        addresses = ("https://shop.test/", "https://carrier.test/", "http://shop.test/", "https://shop.test:8443/")
        return [(await opened.client.get(address)).text for address in addresses * 2]

    assert asyncio.run(run()) == ["0", "1", "2", "3"] * 2


def test_a_call_that_breaks_does_not_block_the_next_one() -> None:
    opened = Opened()

    async def run() -> str:
        with pytest.raises(httpx.ReadError):
            await opened.client.get("https://shop.test/broken")
        return (await opened.client.get("https://shop.test/")).text

    assert asyncio.run(run()) == "0"


def test_two_names_of_one_pinned_address_do_not_share_a_connection() -> None:
    opened = Opened()

    async def ask(name: str) -> str:
        return (await opened.client.get("https://192.0.2.7/", extensions={"sni_hostname": name})).text

    async def run() -> list[str]:
        return [await ask(name) for name in ("one.test", "two.test") * 2]

    assert asyncio.run(run()) == ["0", "1", "0", "1"]


def test_closing_closes_every_connection() -> None:
    opened = Opened()

    async def run() -> None:
        await asyncio.gather(*(opened.client.get("https://shop.test/") for _ in range(3)))
        await opened.client.aclose()

    asyncio.run(run())
    assert [lane.is_closed for lane in opened.lanes] == [True] * 3
