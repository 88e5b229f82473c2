"""What our carriers say to their stand-ins, and what these answer, written down as it passes."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
from carrier_variables import carrier_variables

from connectors.protocols import Carrier, ShipmentRequest
from connectors.registry import connectors_of
from deployments.sandbox.app import create_app
from orderflow.address import Address
from orderflow.shipping.rate import Parcel

AUSTIN = Address(
    name="Dock",
    company="Lamps",
    line1="1 Dock St",
    city="Austin",
    region="TX",
    postal_code="78701",
    country="US",
    phone="+15125550100",
)
NEW_YORK = Address(
    name="Ann Lee",
    line1="5 Elm St",
    line2="2nd floor",
    city="New York",
    region="NY",
    postal_code="10001-1234",
    country="US",
)
REQUEST = ShipmentRequest(
    reference="01K0000000000000000000SPEC",
    origin=AUSTIN,
    destination=NEW_YORK,
    parcel=Parcel(weight_grams=907, length_mm=150, width_mm=300, height_mm=200),
    order_number="#1001",
)


@dataclass
class Exchange:
    """One request with its answer."""

    request: httpx.Request
    response: httpx.Response


class Exchanges(httpx.AsyncBaseTransport):
    """The sandbox in this process, writing down what is said to it and what it answers."""

    def __init__(self) -> None:
        self.app = create_app()
        self._sandbox = httpx.ASGITransport(app=self.app)
        self.kept: list[Exchange] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._sandbox.handle_async_request(request)
        await response.aread()
        self.kept.append(Exchange(request, response))
        return response


def carrier_through(code: str, transport: httpx.AsyncBaseTransport, **variables: str) -> Any:
    """The carrier, speaking to the sandbox's address through this transport."""
    cls = connectors_of("carriers")[code]
    return cls(cls.Settings.load(carrier_variables("http://sandbox") | variables), transport)


def exchanged(code: str, conversation: Callable[[Carrier], Awaitable[None]]) -> list[Exchange]:
    """Every exchange of the conversation, in order."""
    transport = Exchanges()
    asyncio.run(_held(carrier_through(code, transport), conversation))
    return transport.kept


async def _held(carrier: Any, conversation: Callable[[Carrier], Awaitable[None]]) -> None:
    await conversation(carrier)
