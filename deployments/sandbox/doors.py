"""Who may come in: what a stand-in asks before it works, and how it refuses in its service's own words.

What a service's credentials look like is told in its stand-in; those without a look of their own are taken when they
have eight characters or more.
"""

from base64 import b64decode
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi import Request, Response

from deployments.sandbox.faults import FaultyRoute

SHORTEST_CREDENTIAL = 8

# The answer to somebody who may not come in, None for who may.
Denial = Callable[[Request], Response | None]


class Refusal(Exception):
    """An answer that is not the thing asked for."""

    def response(self, request: Request) -> Response:
        """The answer in the service's own words."""
        raise NotImplementedError


def guarded(denied: Denial, headers: Mapping[str, str] | None = None) -> type[FaultyRoute]:
    """Routes that ask who is there before they work and answer what the work refuses; each answer has the headers."""

    class GuardedRoute(FaultyRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            work = super().get_route_handler()

            async def handle(request: Request) -> Response:
                try:
                    response = denied(request) or await work(request)
                except Refusal as refusal:
                    response = refusal.response(request)
                if headers:
                    response.headers.update(headers)
                return response

            return handle

    return GuardedRoute


def are_credentials(*given: object) -> bool:
    """Whether somebody with such credentials has an account here."""
    return all(len(str(part or "")) >= SHORTEST_CREDENTIAL for part in given)


def bearer_of(request: Request) -> str:
    """The request's token, "" where it carries none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme == "Bearer" else ""


def basic_of(request: Request) -> tuple[str, str]:
    """The request's user and password, both "" where it carries none."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, password = b64decode(encoded).decode().partition(":")
    except ValueError:
        return "", ""
    return user, password
