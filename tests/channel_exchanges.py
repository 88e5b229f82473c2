"""What our channels say to their stand-ins, and what these answer, written down as it passes."""

import asyncio
import importlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
from channel_variables import channel_variables
from fastapi import FastAPI

from connectors.registry import connectors_of
from deployments.sandbox.books import Books
from deployments.sandbox.faults import Faults

Conversation = Callable[[Any, httpx.AsyncClient], Awaitable[None]]


@dataclass
class Exchange:
    """One request with its answer."""

    request: httpx.Request
    response: httpx.Response


class Exchanges(httpx.AsyncBaseTransport):
    """One stand-in in this process, writing down what is said to it and what it answers."""

    def __init__(self, code: str) -> None:
        self.sandbox = httpx.ASGITransport(app=app_of(code))
        self.kept: list[Exchange] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.sandbox.handle_async_request(request)
        await response.aread()
        self.kept.append(Exchange(request, response))
        return response


def app_of(code: str) -> FastAPI:
    """The sandbox with one simulator only, for many tests make many of them."""
    app = FastAPI()
    app.state.faults, app.state.books = Faults(), {code: Books(code)}
    simulator = importlib.import_module(f"deployments.sandbox.{code}")
    app.include_router(simulator.router(app.state.books[code]), prefix=f"/{code}")
    return app


def exchanged(code: str, conversation: Conversation) -> list[Exchange]:
    """Every exchange of the conversation with the channel; what is told to the sandbox's controls is left out."""
    transport = Exchanges(code)

    async def held() -> None:
        channel = channel_through(code, transport)
        async with httpx.AsyncClient(transport=transport.sandbox, base_url="http://sandbox") as controls:
            await conversation(channel, controls)

    asyncio.run(held())
    return transport.kept


def channel_through(code: str, transport: httpx.AsyncBaseTransport) -> Any:
    """The channel, speaking to the sandbox's address through this transport."""
    cls = connectors_of("channels")[code]
    channel = cls(cls.Settings.load(channel_variables("http://sandbox")))
    channel._http._sender.transport = transport
    return channel
