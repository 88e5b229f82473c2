"""Connections kept open, one to a lane, so that a call costs the same however many go on at once.

The pool of httpx looks at every connection it holds, at the beginning and at the end of every call: with eight of them
that was 0.4 ms of CPU, a third of what the call cost. A lane holds one connection, and a call has a lane to itself.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from typing import cast

import httpx

_Origin = tuple[str, str, int | None]


class Lanes(httpx.AsyncBaseTransport):
    """Sends each request on a free lane to its address, the last used first; opens another where all are taken.

    It sets no limit to their number: the caller does, by how much it sends at once. Nothing is repeated.
    """

    def __init__(self, new_lane: Callable[[], httpx.AsyncBaseTransport]) -> None:
        self._new_lane = new_lane
        self._free: defaultdict[_Origin, list[httpx.AsyncBaseTransport]] = defaultdict(list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The response; its lane is free again once it is closed."""
        free = self._free[request.url.scheme, request.url.host, request.url.port]
        lane = free.pop() if free else self._new_lane()
        try:
            response = await lane.handle_async_request(request)
        except BaseException:
            free.append(lane)
            raise
        body = cast(httpx.AsyncByteStream, response.stream)
        response.stream = _Body(body, lambda: free.append(lane))
        return response

    async def aclose(self) -> None:
        """Gives the connections back."""
        for free in self._free.values():
            while free:
                await free.pop().aclose()


class _Body(httpx.AsyncByteStream):
    """The body of a response, which says when it is closed."""

    def __init__(self, body: httpx.AsyncByteStream, closed: Callable[[], None]) -> None:
        self._body = body
        self._closed = closed

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._body:
            yield part

    async def aclose(self) -> None:
        await self._body.aclose()
        self._closed()
