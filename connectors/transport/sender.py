"""How a request of ours is made and sent: once, and with nothing remembered from the one before.

httpx's own client does more than we ask of one: it follows redirects, keeps cookies, chooses among proxies and reads
each address anew to join it to the base. That was half of what a call cost us.
"""

from functools import lru_cache
from typing import Any

import httpx

# Most addresses are asked again and again; parsing one costs as much as encoding the body.
_KNOWN_ADDRESSES = 1024
_ALWAYS = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate", "User-Agent": "OrderFlow"}

Credentials = httpx.Auth | tuple[str, str] | None


class Sender:
    """One service's requests over its transport. Redirects are not followed; no cookie is kept."""

    def __init__(
        self,
        base_url: str,
        *,
        headers: dict[str, str] | None,
        auth: Credentials,
        timeout_seconds: float,
        transport: httpx.AsyncBaseTransport,
    ) -> None:
        self.transport = transport
        self.auth = auth
        self._base_url = base_url.rstrip("/") + "/"
        self._headers = httpx.Headers(_ALWAYS | (headers or {}))
        self._limits = httpx.Timeout(timeout_seconds).as_dict()

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self.transport.aclose()

    async def send(
        self,
        method: str,
        path: str,
        *,
        auth: Credentials = None,
        timeout_seconds: float | None = None,
        **request: Any,
    ) -> httpx.Response:
        """The answer, its body with it; `request` is what httpx.Request takes, the rest stands in for what is usual.

        A path with a host of its own is sent there. Raises httpx's errors.
        """
        url = _address(path if "://" in path else self._base_url + path.lstrip("/"))
        headers = self._headers.copy()
        headers.update(request.pop("headers", None))
        limits = httpx.Timeout(timeout_seconds).as_dict() if timeout_seconds else self._limits
        made = httpx.Request(method, url, headers=headers, extensions={"timeout": limits}, **request)
        signed = _auth_of(auth or self.auth, url)
        return await self._signed(made, signed) if signed else await self._answer(made)

    async def _signed(self, request: httpx.Request, auth: httpx.Auth) -> httpx.Response:
        """Whoever signs may want to sign and send once more, having seen the answer."""
        signing = auth.async_auth_flow(request)
        try:
            request = await anext(signing)
            while True:
                response = await self._answer(request)
                try:
                    request = await signing.asend(response)
                except StopAsyncIteration:
                    return response
        finally:
            await signing.aclose()

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        response = await self.transport.handle_async_request(request)
        response.request = request
        try:
            await response.aread()
        finally:
            await response.aclose()
        return response


@lru_cache(_KNOWN_ADDRESSES)
def _address(url: str) -> httpx.URL:
    return httpx.URL(url)


def _auth_of(given: Credentials, url: httpx.URL) -> httpx.Auth | None:
    """The credentials as httpx applies them; those that stand in the address itself where there are no others."""
    if isinstance(given, tuple):
        return httpx.BasicAuth(*given)
    if given is None and (url.username or url.password):
        return httpx.BasicAuth(url.username, url.password)
    return given
