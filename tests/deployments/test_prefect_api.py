"""Two who ask one Prefect server do not get in each other's way."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from deployments.server.prefect_api import PrefectApi


class SimulatedServer(BaseHTTPRequestHandler):
    """Hands out a token per client, of which only the newest holds, as Prefect does; `on_token` is called between."""

    tokens: dict[str, str]
    on_token: Any

    def do_GET(self) -> None:
        client = parse_qs(urlsplit(self.path).query)["client"][0]
        self.tokens[client] = token = token_hex()
        type(self).on_token()
        self._answer(200, {"token": token})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        given = self.headers["Prefect-Csrf-Token"]
        fits = self.tokens.get(self.headers["Prefect-Csrf-Client"]) == given
        self._answer(200 if fits else 403, [])

    def _answer(self, status: int, document: Any) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    SimulatedServer.tokens, SimulatedServer.on_token = {}, staticmethod(lambda: None)
    server = ThreadingHTTPServer(("127.0.0.1", 0), SimulatedServer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_somebody_who_asks_between_our_token_and_our_question_does_not_take_the_token_from_us(address: str) -> None:
    ours, theirs = PrefectApi(address, "operator:secret"), PrefectApi(address, "operator:secret")
    asked: list[Any] = []

    def another_asks() -> None:
        SimulatedServer.on_token = staticmethod(lambda: None)
        asked.append(theirs.deployments())

    SimulatedServer.on_token = staticmethod(another_asks)
    assert ours.deployments() == []
    assert asked == [[]]


def test_a_token_is_asked_for_once_and_anew_when_the_server_no_longer_takes_it(address: str) -> None:
    api, made = PrefectApi(address, "operator:secret"), []
    SimulatedServer.on_token = staticmethod(lambda: made.append("token"))
    api.deployments()
    api.deployments()
    assert len(made) == 1
    SimulatedServer.tokens.clear()
    assert api.deployments() == []
    assert len(made) == 2
