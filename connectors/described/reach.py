"""How far a call to a described service may reach: a file may come from anywhere, the environment is the operator's."""

import httpx

from connectors.transport.http import verified_transport
from connectors.transport.public_internet import PublicInternet


def reach_of(own_address: str, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncBaseTransport | None:
    """The transport to an address out of a description: it leads to the public internet only.

    Where the operator set another address in the environment (`own_address`), that one is gone to, wherever it is.
    """
    if transport or own_address:
        return transport
    return PublicInternet(verified_transport())
