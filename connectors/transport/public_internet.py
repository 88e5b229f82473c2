"""Calls to addresses a user typed may reach the public internet, and never what only this machine can reach.

1. The address must begin with https, hold no user, and name port 443 or 8443.
2. The name is resolved once, and every address found must be public.
3. The call goes to an address that was checked: the name is not resolved again, so an answer that changes in between
   (DNS rebinding) leads nowhere. TLS still verifies the certificate of the name.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpx

from connectors.errors import Refused, TryAgain

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

_PORTS = frozenset([None, 443, 8443])

# Addresses that carry an IPv4 address of the network behind them: NAT64 (RFC 6052) and 6to4 (RFC 3056).
_TUNNELS = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"), ip_network("2002::/16"))


async def system_addresses(host: str, port: int) -> Sequence[str]:
    """The addresses the system knows for the name, in its order. Raises OSError where it knows none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class PublicInternet(httpx.AsyncBaseTransport):
    """Carries requests to the public internet. Raises Refused for any other address, TryAgain if the name has none."""

    def __init__(self, inner: httpx.AsyncBaseTransport, *, resolve: Resolve = system_addresses) -> None:
        self._inner = inner
        self._resolve = resolve

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends to the first of the checked addresses that takes the connection."""
        addresses = await public_addresses(request.url, self._resolve)
        for address in addresses[:-1]:
            try:
                return await self._inner.handle_async_request(_pinned(request, address))
            except httpx.ConnectError:
                continue
        return await self._inner.handle_async_request(_pinned(request, addresses[-1]))

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._inner.aclose()


async def public_addresses(url: httpx.URL, resolve: Resolve = system_addresses) -> Sequence[str]:
    """Where this address leads to, all of it public. Raises as PublicInternet."""
    if url.scheme != "https" or not url.host:
        raise _refused("the address must begin with https://")
    if url.userinfo or url.port not in _PORTS:
        raise _refused("the address may hold neither a user nor a port other than 443 and 8443")
    try:
        found = await resolve(url.host, url.port or 443)
    except OSError as error:
        raise TryAgain("the name cannot be resolved", wait_seconds=60.0) from error
    if not all(is_public(address) for address in found):
        raise _refused("the address leads to a place that is not public")
    return found


def is_public(address: str) -> bool:
    """Whether the address belongs to the public internet, looking through IPv6 forms that wrap an IPv4 address."""
    parsed: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address):
        if any(parsed in tunnel for tunnel in _TUNNELS):
            return False
        parsed = parsed.ipv4_mapped or parsed
    return parsed.is_global and not parsed.is_multicast


def _pinned(request: httpx.Request, address: str) -> httpx.Request:
    """The same request to one address; the Host header and the name TLS verifies stay those of the name."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )


def _refused(message: str) -> Refused:
    return Refused(message, field="url", code="forbidden_address")
