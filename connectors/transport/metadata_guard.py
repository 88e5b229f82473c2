"""No call of ours reaches the place where a machine in a cloud is told its secrets, whatever somebody set.

A service may well stand in the shop's own network, so private addresses are allowed here; public_internet.py is for
addresses strangers choose. No service has an address that is link-local, and clouds answer for their machines there.
"""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

import httpx

from connectors.errors import Refused, TryAgain
from connectors.transport.public_internet import Resolve, system_addresses

# Clouds that answer elsewhere than at 169.254.169.254: AWS over IPv6, Alibaba, Oracle.
_METADATA = frozenset(map(ip_address, ("fd00:ec2::254", "100.100.100.200", "192.0.0.192")))


class NoMetadata(httpx.AsyncBaseTransport):
    """Carries requests anywhere else. Raises Refused where the name leads there too, TryAgain if it has no address."""

    def __init__(self, inner: httpx.AsyncBaseTransport, *, resolve: Resolve = system_addresses) -> None:
        self._inner = inner
        self._resolve = resolve

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends it, unless one of the addresses of its host is forbidden."""
        if any(map(is_metadata, await self._addresses(request.url))):
            raise Refused("the address leads to a place no service has", field="url", code="forbidden_address")
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._inner.aclose()

    async def _addresses(self, url: httpx.URL) -> Sequence[str]:
        """The addresses of the host; a name is looked up, an address is itself."""
        try:
            ip_address(url.host.partition("%")[0])
        except ValueError:
            try:
                return await self._resolve(url.host, url.port or 443)
            except OSError as error:
                raise TryAgain(f"{url.host} cannot be resolved", wait_seconds=60.0) from error
        return (url.host,)


@lru_cache(1024)
def is_metadata(address: str) -> bool:
    """Whether no service can have the address: link-local, multicast, nobody's, or where a cloud's machines ask."""
    parsed = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address):
        parsed = parsed.ipv4_mapped or parsed
    return parsed.is_link_local or parsed.is_multicast or parsed.is_unspecified or parsed in _METADATA
