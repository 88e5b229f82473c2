"""What goes over the wire is what was asked for, and nothing of the request before."""

import asyncio
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from connectors.errors import OutcomeUnknown
from connectors.transport.http import HttpClient

BASE = "https://api.example/v1"


def sent(
    *asked: dict[str, Any], answer: Callable[[httpx.Request], httpx.Response], **client: Any
) -> list[httpx.Request]:
    seen: list[httpx.Request] = []

    def note(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answer(request)

    async def converse() -> None:
        async with HttpClient("example", BASE, transport=httpx.MockTransport(note), **client) as http:
            for request in asked:
                await http.write("POST", **request)

    asyncio.run(converse())
    return seen


def fine(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={}, headers={"Set-Cookie": "session=theirs; Path=/"})


def basic(pair: str) -> str:
    return f"Basic {b64encode(pair.encode()).decode()}"


def test_a_cookie_of_an_answer_is_not_sent_with_the_next_request() -> None:
    assert ["cookie" in request.headers for request in sent({"path": "a"}, {"path": "b"}, answer=fine)] == [
        False,
        False,
    ]


def test_a_path_stands_below_the_service_and_an_address_stands_for_itself() -> None:
    requests = sent({"path": "/orders?page=2"}, {"path": "https://files.example/label.pdf"}, answer=fine)
    assert [str(request.url) for request in requests] == [f"{BASE}/orders?page=2", "https://files.example/label.pdf"]
    assert [request.headers["host"] for request in requests] == ["api.example", "files.example"]


def test_a_header_of_one_request_stands_in_for_the_usual_one_once() -> None:
    requests = sent({"path": "a", "headers": {"X-KEY": "mine"}}, {"path": "a"}, answer=fine, headers={"x-key": "usual"})
    assert [request.headers.get_list("x-key") for request in requests] == [["mine"], ["usual"]]


def test_credentials_in_an_address_are_sent_where_there_are_no_others() -> None:
    address = "https://somebody:secret@hooks.example/in"
    [own] = sent({"path": address}, answer=fine)
    [usual] = sent({"path": address}, answer=fine, auth=("account", "token"))
    assert own.headers["authorization"] == basic("somebody:secret")
    assert usual.headers["authorization"] == basic("account:token")


def test_one_request_may_have_a_time_out_of_its_own() -> None:
    requests = sent({"path": "a", "timeout_seconds": 3.0}, {"path": "a"}, answer=fine, timeout_seconds=20.0)
    assert [request.extensions["timeout"]["read"] for request in requests] == [3.0, 20.0]


def test_an_answer_that_cannot_be_unpacked_is_neither_done_nor_not_done() -> None:
    with pytest.raises(OutcomeUnknown, match="gave no answer: DecodingError"):
        sent(
            {"path": "a"},
            answer=lambda _: httpx.Response(200, content=b"no gzip", headers={"Content-Encoding": "gzip"}),
        )
