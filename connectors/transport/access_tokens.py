"""Access tokens of services that hand them out for an hour or a day (OAuth 2.0, client credentials)."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import httpx
from pydantic import BaseModel, SecretStr

from connectors.errors import OutcomeUnknown, Refused, TryAgain
from connectors.transport.http import Answer, HttpClient, answer_of

# A token is renewed this long before it runs out, so that none runs out on its way.
RENEWED_BEFORE_SECONDS = 60.0


class Token(BaseModel):
    """What a service hands out; `expires_in` are seconds, written as a number or as a text."""

    access_token: SecretStr
    expires_in: float


async def fetch_token(http: HttpClient, path: str, answer: type[Answer], **request: Any) -> Answer:
    """Asks for a token of any kind. Whatever fails here, nothing else was asked: Refused for good, else TryAgain."""
    try:
        return answer_of(await http.write("POST", path, **request), answer)
    except Refused as refusal:
        if refusal.code in {"address", "forbidden_address"}:
            raise
        raise Refused(f"{http.service} refuses the credentials: {refusal}", code="credentials") from None
    except OutcomeUnknown as error:
        raise TryAgain(f"{http.service} hands out no token: {error}") from error


class KeptToken:
    """A token that is fetched when it is first needed, shared by all who wait for it, and renewed in time."""

    def __init__(self, fetch: Callable[[], Awaitable[Token]]) -> None:
        self._fetch = fetch
        self._lock = asyncio.Lock()
        self._token = ""
        self._renew_at = 0.0

    async def current(self) -> str:
        """A token that holds. Raises as `fetch_token`."""
        async with self._lock:
            if not self._token or time.monotonic() >= self._renew_at:
                fetched = await self._fetch()
                self._token = fetched.access_token.get_secret_value()
                self._renew_at = time.monotonic() + fetched.expires_in - RENEWED_BEFORE_SECONDS
            return self._token

    def forget(self, token: str) -> None:
        """Never gives this token out again; one fetched meanwhile by somebody else is kept."""
        if token == self._token:
            self._token = ""


class BearerAuth(httpx.Auth):
    """Signs every request with the token. An answer of 401 did nothing, so it is asked once more with a new one."""

    def __init__(self, token: KeptToken) -> None:
        self._token = token

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """The request with its token, and again with a new one where the service no longer knows the first."""
        token = await self._token.current()
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code == 401:
            self._token.forget(token)
            request.headers["Authorization"] = f"Bearer {await self._token.current()}"
            yield request
