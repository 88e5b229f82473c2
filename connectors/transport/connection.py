"""One HTTP/1.1 connection: h11 speaks, the event loop carries, and nothing stands in between.

It does what httpx's own connections do where a client waits for whole answers. They are made for streams, for pools
and for any event loop, which cost two thirds of a call's CPU.
"""

import asyncio
import ssl
import time
from typing import Any

import h11
import httpx

from connectors.transport.wire import Wire

# Servers close connections nobody uses; one that rested longer is not trusted with a request.
KEPT_SECONDS = 5.0
# The system may offer several addresses of a host; the next is tried when one has not answered so long (RFC 8305).
NEXT_ADDRESS_SECONDS = 0.25

_PORTS = {"http": 80, "https": 443}


class Connection(httpx.AsyncBaseTransport):
    """Takes one request at a time and reads its whole answer; opened when needed, never repeating anything.

    Raises httpx's ConnectError and ConnectTimeout while nothing was sent, any other TransportError afterwards. An
    answer has the time the request's extensions give for reading, from the first byte sent to the last one read.
    """

    def __init__(self, tls: ssl.SSLContext) -> None:
        self._tls = tls
        self._wire: Wire | None = None
        self._talk = h11.Connection(h11.CLIENT)
        self._rests_since = 0.0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, its body with it."""
        body = await request.aread()
        wire = await self._opened(request)
        try:
            async with asyncio.timeout(_limit(request, "read")):
                response = await self._exchange(wire, request, body)
        except TimeoutError as error:
            raise httpx.ReadTimeout("no whole answer in time", request=request) from error
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error), request=request) from error
        except h11.RemoteProtocolError as error:
            raise httpx.RemoteProtocolError(str(error), request=request) from error
        except OSError as error:
            raise httpx.ReadError(str(error), request=request) from error
        finally:
            self._rest()
        return response

    async def aclose(self) -> None:
        """Gives the connection back."""
        if self._wire is not None:
            await self._wire.aclose()
            self._wire = None

    async def _opened(self, request: httpx.Request) -> Wire:
        if self._wire is not None and (self._wire.has_news or time.monotonic() - self._rests_since > KEPT_SECONDS):
            await self.aclose()
        if self._wire is None:
            self._talk = h11.Connection(h11.CLIENT)
            self._wire = await _connect(request, self._tls)
        return self._wire

    async def _exchange(self, wire: Wire, request: httpx.Request, body: bytes) -> httpx.Response:
        asked = h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
        wire.write(b"".join(map(self._sent, (asked, h11.Data(data=body), h11.EndOfMessage()))))
        head: h11.Response | None = None
        parts: list[bytes] = []
        while not isinstance(event := self._talk.next_event(), h11.EndOfMessage):
            if event is h11.NEED_DATA:
                self._talk.receive_data(await wire.read())
            elif isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                parts.append(bytes(event.data))
            elif not isinstance(event, h11.InformationalResponse):
                raise h11.RemoteProtocolError("the connection was closed before the answer")
        return _response(head, b"".join(parts))

    def _sent(self, event: Any) -> bytes:
        return self._talk.send(event) or b""

    def _rest(self) -> None:
        """Keeps the connection where both sides are through with this request and nothing else came; else ends it."""
        states = {self._talk.our_state, self._talk.their_state}
        if states == {h11.DONE} and not self._talk.trailing_data[0]:
            self._talk.start_next_cycle()
            self._rests_since = time.monotonic()
        elif self._wire is not None:
            self._wire.end()
            self._wire = None


async def _connect(request: httpx.Request, tls: ssl.SSLContext) -> Wire:
    """A connection to the request's host, over TLS for https, which verifies the name of the host it is meant for."""
    url = request.url
    if url.scheme not in _PORTS:
        raise httpx.UnsupportedProtocol(f"nothing is sent to {url.scheme!r} addresses", request=request)
    name = str(request.extensions.get("sni_hostname") or url.host)
    is_safe = url.scheme == "https"
    opening = asyncio.get_running_loop().create_connection(
        Wire,
        url.host,
        url.port or _PORTS[url.scheme],
        ssl=tls if is_safe else None,
        server_hostname=name if is_safe else None,
        happy_eyeballs_delay=NEXT_ADDRESS_SECONDS,
    )
    try:
        async with asyncio.timeout(_limit(request, "connect")):
            return (await opening)[1]
    except TimeoutError as error:
        raise httpx.ConnectTimeout("nobody answers in time", request=request) from error
    except OSError as error:  # of which TLS that fails is one
        raise httpx.ConnectError(str(error), request=request) from error


def _response(head: h11.Response | None, body: bytes) -> httpx.Response:
    if head is None:
        raise h11.RemoteProtocolError("the answer has no beginning")
    extensions = {"http_version": b"HTTP/" + head.http_version, "reason_phrase": head.reason}
    headers = head.headers.raw_items()
    return httpx.Response(head.status_code, headers=headers, stream=httpx.ByteStream(body), extensions=extensions)


def _limit(request: httpx.Request, what: str) -> float | None:
    """The seconds the request gives to this; None for as long as it takes."""
    return request.extensions.get("timeout", {}).get(what)
