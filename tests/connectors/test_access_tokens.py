"""Tokens are shared, renewed in time, replaced when refused; and without one nothing was asked."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
from pydantic import SecretStr

from connectors.errors import Refused, TryAgain
from connectors.transport.access_tokens import BearerAuth, KeptToken, Token, fetch_token
from connectors.transport.http import HttpClient

Answer = Callable[[httpx.Request], httpx.Response]


class Desk:
    """Hands out numbered tokens and counts them."""

    def __init__(self, expires_in: float = 3600.0) -> None:
        self.handed_out = 0
        self._expires_in = expires_in

    async def __call__(self) -> Token:
        self.handed_out += 1
        number = self.handed_out
        await asyncio.sleep(0)
        return Token(access_token=SecretStr(f"token-{number}"), expires_in=self._expires_in)


def client(answer: Answer, token: KeptToken) -> HttpClient:
    return HttpClient("ups", "http://ups", auth=BearerAuth(token), transport=httpx.MockTransport(answer))


def test_many_calls_at_once_share_one_token() -> None:
    desk = Desk()

    async def calls() -> list[httpx.Response]:
        http = client(lambda request: httpx.Response(200, json=request.headers["authorization"]), KeptToken(desk))
        return await asyncio.gather(*(http.write("POST", "ship") for _ in range(20)))

    assert {response.json() for response in asyncio.run(calls())} == {"Bearer token-1"}
    assert desk.handed_out == 1


def test_a_token_about_to_run_out_is_renewed_before_it_is_used() -> None:
    desk = Desk(expires_in=59)
    kept = KeptToken(desk)

    async def twice() -> list[str]:
        return [await kept.current(), await kept.current()]

    assert asyncio.run(twice()) == ["token-1", "token-2"]


def test_a_token_the_service_no_longer_knows_is_replaced_and_the_call_made_once() -> None:
    desk, done = Desk(), []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.headers["authorization"] == "Bearer token-1":
            return httpx.Response(401)
        done.append(request.content)
        return httpx.Response(200)

    async def buy() -> None:
        await client(answer, KeptToken(desk)).write("POST", "ship", json={"a": 1})

    asyncio.run(buy())
    assert done == [b'{"a":1}']
    assert desk.handed_out == 2


def test_credentials_refused_with_a_new_token_too_are_refused_for_good() -> None:
    desk = Desk()
    with pytest.raises(Refused) as refusal:
        asyncio.run(client(lambda _: httpx.Response(401), KeptToken(desk)).write("POST", "ship"))
    assert refusal.value.code == "credentials"
    assert desk.handed_out == 2


@pytest.mark.parametrize(
    ("status", "error"), [(500, TryAgain), (429, TryAgain), (302, TryAgain), (400, Refused), (401, Refused)]
)
def test_without_a_token_a_purchase_was_certainly_not_made(status: int, error: type[Exception]) -> None:
    sold = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            return httpx.Response(status)
        sold.append(request)
        return httpx.Response(200)

    entrance = HttpClient("ups", "http://ups", transport=httpx.MockTransport(answer))

    async def buy() -> None:
        token = KeptToken(lambda: fetch_token(entrance, "token", Token, data={"grant_type": "client_credentials"}))
        await client(answer, token).write("POST", "ship")

    with pytest.raises(error):
        asyncio.run(buy())
    assert sold == []


def test_a_token_that_cannot_be_read_is_asked_for_again_later() -> None:
    entrance = HttpClient(
        "ups", "http://ups", transport=httpx.MockTransport(lambda _: httpx.Response(200, text="<h1>"))
    )
    with pytest.raises(TryAgain, match="hands out no token"):
        asyncio.run(fetch_token(entrance, "token", Token))


def test_a_token_is_not_shown_where_it_is_printed() -> None:
    assert "secret" not in repr(Token(access_token=SecretStr("secret"), expires_in=1))
