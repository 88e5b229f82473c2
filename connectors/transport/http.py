"""One manner of speaking HTTP for every connector: time-outs, typed failures, and no blind repeats."""

import asyncio
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any, Self, TypeVar

import certifi
import httpx
import structlog
from pydantic import BaseModel, ValidationError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_random_exponential

from connectors.errors import ConnectorError, OutcomeUnknown, Refused, TryAgain
from connectors.transport.connection import Connection
from connectors.transport.lanes import Lanes
from connectors.transport.metadata_guard import NoMetadata
from connectors.transport.rate_headers import told_wait_seconds
from connectors.transport.sender import Credentials, Sender

log = structlog.get_logger("connectors.transport.http")

# A purchase must be over well before half of a lease (60 s) has passed; see docs/reliability.md.
CALL_TIMEOUT_SECONDS = 20.0
READ_ATTEMPTS = 3

# More calls to one service at once would not be faster.
CALLS_AT_ONCE = 8

# A question waits this long for its answer when told to; for longer, whoever asks has better things to do.
LONGEST_PAUSE_SECONDS = 3.0

Explain = Callable[[httpx.Response], ConnectorError]
Answer = TypeVar("Answer", bound=BaseModel)


@cache
def tls_context() -> ssl.SSLContext:
    """Our own verifying context, so no imported library can loosen it; built once, as it takes 20 ms."""
    return ssl.create_default_context(cafile=certifi.where())


def verified_transport() -> httpx.AsyncBaseTransport:
    """How requests go out: over our own TLS, never repeated by the transport itself."""
    return Lanes(lambda: Connection(tls_context()))


def plain_refusal(response: httpx.Response) -> Refused:
    """What a 4xx means where the service has no error format of its own."""
    code = "credentials" if response.status_code in {401, 403} else f"http_{response.status_code}"
    return Refused(f"answered {response.status_code}: {response.text[:300]}", code=code)


def wait_seconds_of(response: httpx.Response, otherwise: float = 5.0) -> float:
    """How long the service asks us to wait, by whichever header it uses."""
    told = told_wait_seconds(response.headers, datetime.now(UTC))
    return otherwise if told is None else told


def json_of(response: httpx.Response) -> Any:
    """The body as JSON. A success that cannot be read is neither done nor not done: OutcomeUnknown."""
    try:
        return response.json()
    except ValueError as error:
        raise OutcomeUnknown(f"unreadable answer ({response.status_code}): {response.text[:80]!r}") from error


def answer_of(response: httpx.Response, model: type[Answer]) -> Answer:
    """The body as the model. A success of another shape is neither done nor not done: OutcomeUnknown."""
    try:
        return model.model_validate_json(response.content)
    except ValidationError as error:
        where = ", ".join(sorted({".".join(map(str, fault["loc"])) or "all of it" for fault in error.errors()}))
        raise OutcomeUnknown(f"unreadable answer ({response.status_code}): {where}") from None


_back_off = wait_random_exponential(multiplier=0.2, max=LONGEST_PAUSE_SECONDS)


def _passes(error: BaseException) -> bool:
    """Whether it is worth asking again within the same breath."""
    if isinstance(error, TryAgain) and error.is_told:
        return error.wait_seconds <= LONGEST_PAUSE_SECONDS
    return isinstance(error, TryAgain | OutcomeUnknown)


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    told = error.wait_seconds if isinstance(error, TryAgain) and error.is_told else 0.0
    return max(told, _back_off(state))


class HttpClient:
    """One service's HTTP. `read` is repeated on passing failures; `write` is sent exactly once.

    `base_url` may carry a path. `explain` turns the service's own 4xx body into the error it means, most often a
    Refused that names the field.
    """

    def __init__(
        self,
        service: str,
        base_url: str,
        *,
        headers: dict[str, str] | None = None,
        auth: Credentials = None,
        explain: Explain = plain_refusal,
        timeout_seconds: float = CALL_TIMEOUT_SECONDS,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.service = service
        self._explain = explain
        self._gate = asyncio.Semaphore(CALLS_AT_ONCE)
        self._sender = Sender(
            base_url,
            headers=headers,
            auth=auth,
            timeout_seconds=timeout_seconds,
            transport=transport or NoMetadata(verified_transport()),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._sender.aclose()

    async def read(self, method: str, path: str, **request: Any) -> httpx.Response:
        """A request that changes nothing there, repeated on passing failures. Raises as `write`.

        A wait the service asked for is kept; one longer than three seconds is the caller's.
        """
        async for attempt in AsyncRetrying(
            stop=stop_after_attempt(READ_ATTEMPTS), wait=_pause, retry=retry_if_exception(_passes), reraise=True
        ):
            with attempt:
                return await self.write(method, path, **request)
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def write(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Sends once. Raises TryAgain or Refused for certainly not done, OutcomeUnknown where nobody can tell."""
        try:
            async with self._gate:
                response = await self._sender.send(method, path, **request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise TryAgain(f"{self.service} cannot be reached: {error}") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise Refused(f"{self.service} has an address nothing can be sent to", code="address") from error
        except httpx.RequestError as error:  # an answer that cannot be unpacked is one of these
            raise OutcomeUnknown(f"{self.service} gave no answer: {type(error).__name__}") from error
        log.debug("http", service=self.service, method=method, path=self._shown(path), status=response.status_code)
        return self._checked(response)

    @staticmethod
    def _shown(path: str) -> str:
        """The path below the service's address; of an address somebody set only the host, the rest may be a secret."""
        return httpx.URL(path).host if "://" in path else path.partition("?")[0]

    def _checked(self, response: httpx.Response) -> httpx.Response:
        status = response.status_code
        if status == 429:
            wait_seconds = wait_seconds_of(response)
            raise TryAgain(f"{self.service} asks us to slow down", wait_seconds=wait_seconds, is_told=True)
        if status >= 500 or 300 <= status < 400:
            raise OutcomeUnknown(f"{self.service} answered {status}")
        if status >= 400:
            raise self._explain(response)
        return response
