"""Addresses a user typed lead to the public internet, and to the very place that was checked."""

import asyncio
from collections.abc import Sequence

import httpx
import pytest

from connectors.errors import ConnectorError, Refused, TryAgain
from connectors.transport.http import HttpClient
from connectors.transport.public_internet import PublicInternet, is_public, system_addresses

PUBLIC, SECOND, LOOPBACK = "93.184.216.34", "2606:4700::1111", "127.0.0.1"


class Wire(httpx.AsyncBaseTransport):
    """Keeps what would go over the network; places in `down` take no connection."""

    def __init__(self, *, down: Sequence[str] = ()) -> None:
        self.sent: list[httpx.Request] = []
        self._down = down

    async def handle_async_request(self, request):
        if request.url.host in self._down:
            raise httpx.ConnectError("nobody answers")
        self.sent.append(request)
        return httpx.Response(200)


def _names(*answers):
    """A name server that gives these answers, one after the other, the last one for ever."""
    left = [list(answer) for answer in answers]

    async def resolve(host, port):
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


def _post(url, wire, resolve=system_addresses):
    async def send():
        http = HttpClient("hook", "", transport=PublicInternet(wire, resolve=resolve))
        try:
            return await http.write("POST", url, content=b"{}")
        finally:
            await http.aclose()

    return asyncio.run(send())


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "ftp://example.com/hook",
        "https:///hook",
        "https://user:pass@example.com/",
        "https://example.com:22/",
        "https://example.com:99999/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://224.0.0.1/",
    ],
)
def test_an_address_of_our_own_network_is_refused_before_anything_is_sent(url):
    wire = Wire()
    with pytest.raises(Refused):
        _post(url, wire)
    assert wire.sent == []


@pytest.mark.parametrize("found", [[LOOPBACK], [PUBLIC, "10.0.0.7"], [PUBLIC, "::1"]])
def test_a_name_is_refused_if_any_of_its_addresses_is_private(found):
    wire = Wire()
    with pytest.raises(Refused) as refused:
        _post("https://hooks.example/", wire, _names(found))
    assert (refused.value.field, refused.value.code, wire.sent) == ("url", "forbidden_address", [])


def test_a_name_that_changes_after_the_check_leads_to_the_checked_address():
    wire = Wire()
    _post("https://hooks.example/in?x=1", wire, _names([PUBLIC], [LOOPBACK]))
    (sent,) = wire.sent
    assert (sent.url.host, sent.headers["host"], sent.extensions["sni_hostname"]) == (
        PUBLIC,
        "hooks.example",
        "hooks.example",
    )
    with pytest.raises(Refused):
        _post("https://hooks.example/in", wire, _names([LOOPBACK]))


def test_the_next_checked_address_is_taken_where_the_first_does_not_answer():
    wire = Wire(down=[PUBLIC])
    _post("https://hooks.example:8443/", wire, _names([PUBLIC, SECOND]))
    assert [request.url.host for request in wire.sent] == [SECOND]


def test_a_name_nobody_knows_is_tried_again_later():
    async def unknown(host, port):
        raise OSError("no such name")

    with pytest.raises(TryAgain):
        _post("https://hooks.example/", Wire(), unknown)


def test_a_redirect_is_not_followed():
    class Redirecting(Wire):
        async def handle_async_request(self, request):
            self.sent.append(request)
            return httpx.Response(302, headers={"location": "https://127.0.0.1/"})

    wire = Redirecting()
    with pytest.raises(ConnectorError):
        _post("https://hooks.example/", wire, _names([PUBLIC]))
    assert len(wire.sent) == 1


def test_addresses_that_wrap_another_are_looked_through():
    assert is_public("::ffff:93.184.216.34")
    assert not is_public("ff02::1")
    assert not is_public("::ffff:224.0.0.1")
