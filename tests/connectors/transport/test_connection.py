"""One connection, against a server that does what servers do: keep it, close it, drip, break off, say too much."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable

import httpx
import pytest

from connectors.errors import OutcomeUnknown, TryAgain
from connectors.transport import connection
from connectors.transport.connection import Connection
from connectors.transport.http import HttpClient, tls_context

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
EVIL = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
PATIENT_SECONDS, HASTY_SECONDS = 20.0, 0.2

Answers = Callable[[asyncio.StreamWriter, int], Awaitable[None]]
Calls = Callable[[httpx.AsyncClient], Awaitable[object]]


class Server:
    """Answers the n-th request of each connection as told, and keeps every request with its connection's number."""

    def __init__(self, answer: Answers) -> None:
        self._answer = answer
        self.connections = 0
        self.heard: list[tuple[int, bytes]] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number, self.connections = self.connections, self.connections + 1
        try:
            for turn in range(100):
                head = await reader.readuntil(b"\r\n\r\n")
                fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:-2])
                self.heard.append((number, head + await reader.readexactly(int(fields.get(b"content-length", 0)))))
                await self._answer(writer, turn)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def saying(*parts: bytes, then_close: bool = False) -> Answers:
    async def answer(writer: asyncio.StreamWriter, turn: int) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.01)
        if then_close:
            raise ConnectionResetError

    return answer


def spoken(answer: Answers, calls: Calls, timeout: float = PATIENT_SECONDS) -> tuple[object, Server]:
    """What came of the calls over one connection, and the server."""
    server = Server(answer)

    async def run() -> object:
        listening = await asyncio.start_server(server, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        transport = Connection(tls_context())
        address = f"http://127.0.0.1:{port}"
        try:
            async with httpx.AsyncClient(transport=transport, base_url=address, timeout=timeout) as client:
                return await calls(client)
        finally:
            listening.close()

    return asyncio.run(run()), server


async def twice(client: httpx.AsyncClient) -> list[str]:
    return [(await client.post("/things", content=b"{}")).text for _ in range(2)]


async def twice_with_a_rest(client: httpx.AsyncClient) -> list[str]:
    first = (await client.get("/")).text
    await asyncio.sleep(0.05)
    return [first, (await client.get("/")).text]


async def once(client: httpx.AsyncClient) -> str:
    return (await client.post("/things?all=1", content=b"{}", headers={"X-Key": "k"})).text


def test_requests_one_after_the_other_go_over_one_connection_and_arrive_whole() -> None:
    texts, server = spoken(saying(OK), twice)
    assert texts == ["ok", "ok"]
    assert [number for number, _ in server.heard] == [0, 0]
    assert all(request.startswith(b"POST /things HTTP/1.1\r\n") for _, request in server.heard)
    assert all(request.endswith(b"\r\n\r\n{}") for _, request in server.heard)


def test_the_query_and_the_headers_are_sent_as_they_are() -> None:
    _, server = spoken(saying(OK), once)
    ((_, request),) = server.heard
    assert request.startswith(b"POST /things?all=1 HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nX-Key: k\r\n" in request


@pytest.mark.parametrize(
    "answer",
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n", b"1\r\nk\r\n", b"0\r\n\r\n"),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", OK),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 22\r\n\r\n", gzip.compress(b"ok", mtime=0)),
        (OK[:30], OK[30:]),
    ],
)
def test_an_answer_may_come_in_any_shape_and_in_parts(answer: tuple[bytes, ...]) -> None:
    texts, server = spoken(saying(*answer), twice)
    assert (texts, server.connections) == (["ok", "ok"], 1)


def test_an_answer_may_end_with_its_connection() -> None:
    texts, server = spoken(saying(b"HTTP/1.1 200 OK\r\n\r\nok", then_close=True), twice)
    assert (texts, server.connections) == (["ok", "ok"], 2)


def test_a_connection_the_server_closed_meanwhile_is_opened_again() -> None:
    texts, server = spoken(saying(OK, then_close=True), twice_with_a_rest)
    assert (texts, server.connections) == (["ok", "ok"], 2)


@pytest.mark.parametrize(
    "surplus", [(OK + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",), (OK, b"HTTP/1.1 408 T")]
)
def test_what_nobody_asked_for_is_never_taken_for_the_next_answer(surplus: tuple[bytes, ...]) -> None:
    texts, server = spoken(saying(*surplus), twice_with_a_rest)
    assert (texts, server.connections) == (["ok", "ok"], 2)


def test_a_connection_that_rested_too_long_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "KEPT_SECONDS", -1.0)
    texts, server = spoken(saying(OK), twice)
    assert (texts, server.connections) == (["ok", "ok"], 2)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (saying(), httpx.ReadTimeout),
        (saying(OK[:-1]), httpx.ReadTimeout),
        (saying(*[b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", *[b"."] * 60]), httpx.ReadTimeout),
        (saying(then_close=True), httpx.RemoteProtocolError),
        (saying(OK[:-1], then_close=True), httpx.RemoteProtocolError),
        (saying(b"220 smtp.example ESMTP\r\n\r\n"), httpx.RemoteProtocolError),
    ],
)
def test_an_answer_that_does_not_come_whole_is_an_error_and_nothing_is_sent_again(
    answer: Answers, error: type[httpx.TransportError]
) -> None:
    async def call(client: httpx.AsyncClient) -> None:
        with pytest.raises(error):
            await once(client)

    _, server = spoken(answer, call, HASTY_SECONDS)
    assert len(server.heard) == 1


def test_after_a_failure_the_next_request_has_a_connection_of_its_own() -> None:
    async def answer(writer: asyncio.StreamWriter, turn: int) -> None:
        writer.write(OK if server_of_this.connections > 1 else b"nonsense\r\n\r\n")

    server_of_this = Server(answer)

    async def run() -> str:
        listening = await asyncio.start_server(server_of_this, "127.0.0.1", 0)
        address = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        async with httpx.AsyncClient(transport=Connection(tls_context()), base_url=address) as client:
            with pytest.raises(httpx.RemoteProtocolError):
                await once(client)
            return await once(client)

    assert asyncio.run(run()) == "ok"


def test_a_call_that_is_given_up_leaves_nothing_for_the_next() -> None:
    async def calls(client: httpx.AsyncClient) -> str:
        given_up = asyncio.create_task(once(client))
        await asyncio.sleep(0.02)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        return await once(client)

    text, server = spoken(saying(b"", b"", b"", b"", OK), calls)
    assert (text, server.connections) == ("ok", 2)


@pytest.mark.requirement("LANE-17")
def test_where_nobody_listens_nothing_was_done_and_where_the_line_breaks_nobody_knows() -> None:
    async def refused() -> None:
        async with HttpClient("example", "http://127.0.0.1:1") as http:
            await http.write("POST", "things")

    with pytest.raises(TryAgain):
        asyncio.run(refused())

    async def broken(client: httpx.AsyncClient) -> None:
        async with HttpClient("example", str(client.base_url)) as http:
            await http.write("POST", "things")

    with pytest.raises(OutcomeUnknown):
        spoken(saying(then_close=True), broken)


def test_addresses_of_another_kind_are_refused() -> None:
    async def call() -> None:
        async with httpx.AsyncClient(transport=Connection(tls_context())) as client:
            await client.get("ftp://127.0.0.1/")

    with pytest.raises(httpx.UnsupportedProtocol):
        asyncio.run(call())
