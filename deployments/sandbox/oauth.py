"""What services that hand out access tokens have in common: a desk that issues them and knows them again."""

from urllib.parse import parse_qsl
from uuid import uuid4

from fastapi import Request

from deployments.sandbox.doors import bearer_of


class TokenDesk:
    """One service's tokens; they hold as long as the sandbox lives."""

    def __init__(self) -> None:
        self._issued: set[str] = set()

    def issue(self) -> str:
        """A fresh token."""
        token = uuid4().hex
        self._issued.add(token)
        return token

    def has_issued(self, token: str) -> bool:
        """Whether the token is one of its own."""
        return token in self._issued

    def admits(self, request: Request) -> bool:
        """Whether the request carries one of its tokens."""
        return self.has_issued(bearer_of(request))


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form."""
    return dict(parse_qsl((await request.body()).decode()))
