"""One manner of speaking HTTP: what is repeated, what never, how long is waited, and what is said in logs."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from connectors.errors import ConnectorError, OutcomeUnknown, Refused, TryAgain
from connectors.transport.http import READ_ATTEMPTS, HttpClient
from connectors.transport.rate_headers import LONGEST_WAIT_SECONDS, told_wait_seconds

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class Service(httpx.AsyncBaseTransport):
    """Answers with these, one after the other, the last one for ever, and keeps what it was asked."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self._answers = list(answers)
        self.asked: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


def spoken(
    service: Service, verb: str, path: str = "things", base_url: str = "https://api.example/v2"
) -> httpx.Response:
    async def opened() -> httpx.Response:
        async with HttpClient("example", base_url, transport=service) as http:
            return await (http.read("GET", path) if verb == "read" else http.write("POST", path))

    return asyncio.run(opened())


@pytest.mark.requirement("LANE-17")
@pytest.mark.parametrize(
    ("header", "text", "seconds"),
    [
        ("Retry-After", "7", 7),
        ("Retry-After", "Mon, 02 Mar 2026 09:31:30 GMT", 90),
        ("Retry-After", "Mon, 02 Mar 2026 09:29:00 GMT", 0),
        ("x-retry-after", "12", 12),
        ("X-Rate-Limit-Time-Reset-Ms", "15000", 15),
        ("X-Rate-Limit-Reset", "20", 20),
        ("X-RateLimit-Reset", str(int(NOW.timestamp()) + 30), 30),
        ("RateLimit-Reset", "45", 45),
        ("Retry-After", "86400", LONGEST_WAIT_SECONDS),
        ("Retry-After", "soon", None),
        ("Retry-After", "nan", None),
        ("Retry-After", "-5", None),
        ("X-Something", "5", None),
    ],
)
def test_every_way_of_saying_how_long_to_wait_is_read(header: str, text: str, seconds: float | None) -> None:
    assert told_wait_seconds(httpx.Headers({header: text}), NOW) == seconds


@given(st.text(max_size=40))
def test_whatever_stands_in_a_header_the_wait_is_none_or_within_the_hour(text: str) -> None:
    for header in ("retry-after", "x-retry-after", "x-rate-limit-time-reset-ms", "x-ratelimit-reset"):
        wait = told_wait_seconds({header: text}, NOW)
        assert wait is None or 0 <= wait <= LONGEST_WAIT_SECONDS


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(minutes=59)))
def test_a_moment_and_a_length_of_time_say_the_same_wait(wait: timedelta) -> None:
    seconds = int(wait.total_seconds())
    length = told_wait_seconds({"retry-after": str(seconds)}, NOW)
    moment = told_wait_seconds({"x-ratelimit-reset": str(int(NOW.timestamp()) + seconds)}, NOW)
    assert length == moment == seconds


@pytest.mark.parametrize(
    "failure",
    [
        httpx.Response(500),
        httpx.Response(302, headers={"location": "https://elsewhere.example"}),
        httpx.Response(429, headers={"retry-after": "0"}),
        httpx.ConnectError("nobody answers"),
        httpx.ReadTimeout("nothing came"),
    ],
)
def test_what_changes_something_is_sent_once_whatever_becomes_of_it(failure: httpx.Response | Exception) -> None:
    service = Service(failure)
    with pytest.raises((TryAgain, OutcomeUnknown)):
        spoken(service, "write")
    assert len(service.asked) == 1


@pytest.mark.parametrize("failure", [httpx.Response(503), httpx.ReadTimeout("nothing came"), httpx.ConnectError("no")])
def test_a_question_is_repeated_after_a_passing_failure(failure: httpx.Response | Exception) -> None:
    service = Service(failure, httpx.Response(200))
    assert spoken(service, "read").status_code == 200
    assert len(service.asked) == 2


def test_a_question_is_not_asked_for_ever() -> None:
    service = Service(httpx.Response(500))
    with pytest.raises(OutcomeUnknown):
        spoken(service, "read")
    assert len(service.asked) == READ_ATTEMPTS


@pytest.mark.requirement("LANE-17")
def test_a_question_told_to_wait_a_moment_is_asked_again_and_one_told_to_wait_long_is_not() -> None:
    soon = Service(httpx.Response(429, headers={"retry-after": "0"}), httpx.Response(200))
    assert spoken(soon, "read").status_code == 200
    late = Service(httpx.Response(429, headers={"retry-after": "30"}), httpx.Response(200))
    with pytest.raises(TryAgain) as wait:
        spoken(late, "read")
    assert (wait.value.wait_seconds, wait.value.is_told, len(late.asked)) == (30, True, 1)


@pytest.mark.parametrize(
    ("failure", "means", "is_told"),
    [
        (httpx.Response(429), TryAgain, True),
        (httpx.ConnectError("nobody answers"), TryAgain, False),
        (httpx.ConnectTimeout("nobody answers"), TryAgain, False),
        (httpx.ReadError("broken off"), OutcomeUnknown, None),
        (httpx.RemoteProtocolError("broken off"), OutcomeUnknown, None),
        (httpx.Response(500), OutcomeUnknown, None),
        (httpx.Response(302, headers={"location": "/"}), OutcomeUnknown, None),
        (httpx.Response(422), Refused, None),
        (httpx.Response(401), Refused, None),
    ],
)
def test_every_failure_says_whether_it_was_done(
    failure: httpx.Response | Exception, means: type[ConnectorError], is_told: bool | None
) -> None:
    with pytest.raises(means) as error:
        spoken(Service(failure), "write")
    assert getattr(error.value, "is_told", None) == is_told


@pytest.mark.parametrize("base_url", ["https://api.example/stores/abc/v2", "https://api.example/stores/abc/v2/"])
@pytest.mark.parametrize("path", ["things", "/things"])
def test_the_address_of_a_service_may_have_a_path(base_url: str, path: str) -> None:
    service = Service(httpx.Response(200))
    spoken(service, "read", path, base_url)
    assert str(service.asked[0].url) == "https://api.example/stores/abc/v2/things"


@pytest.mark.requirement("OF-160")
def test_logs_tell_the_call_and_neither_its_query_nor_the_secret_part_of_an_address() -> None:
    with capture_logs() as told:
        spoken(Service(httpx.Response(200)), "write", "things?key=canary")
        spoken(Service(httpx.Response(200)), "write", "https://hooks.example/catch/canary", base_url="")
    assert [entry["path"] for entry in told] == ["things", "hooks.example"]
    assert "canary" not in str(told)
