"""What is promised of every way to reach printers, checked on each one the registry knows, at its stand-in."""

import asyncio
import time
from base64 import b64decode
from collections.abc import Callable, Iterator

import httpx
import pytest
from sandbox_server import RunningSandbox, running_sandbox

from connectors.errors import OutcomeUnknown, TryAgain
from connectors.protocols import PrintJob
from connectors.registry import build, connectors_of

ALL = tuple(connectors_of("printers"))
JOB = PrintJob("Order 1001", "application/zpl", b"^XA^FO40,40^FDSANDBOX^FS^XZ")


def raw_port(url: str, **wish: bool) -> str:
    port = httpx.post(f"{url}/raw/_listen", json=wish).raise_for_status().json()["port"]
    return f"raw://127.0.0.1:{port}"


def ipp_queue(url: str) -> str:
    return f"ipp://{url.removeprefix('http://')}/ipp/printers/zebra"


# A printer of each kind in the sandbox, one that takes the job and breaks off, and one that is switched off.
ADDRESSES: dict[str, Callable[[str], str]] = {"raw": raw_port, "ipp": ipp_queue}
BREAKS_OFF: dict[str, Callable[[str], str]] = {"raw": lambda url: raw_port(url, jams=True), "ipp": ipp_queue}
SWITCHED_OFF = {"raw": "raw://127.0.0.1:9", "ipp": "ipp://127.0.0.1:9/printers/zebra"}


@pytest.fixture(scope="module")
def server() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def sandbox(server: RunningSandbox) -> RunningSandbox:
    server.forget()
    return server


def printed(code: str, address: str, job: PrintJob = JOB) -> str:
    return asyncio.run(build("printers", code).print_job(address, job))


def documents(sandbox: RunningSandbox, code: str) -> list[bytes]:
    return [b64decode(row["document"]) for row in sandbox.books(code).entries("jobs")]


def arrived(sandbox: RunningSandbox, code: str) -> list[bytes]:
    """What was printed; a raw printer reads on for a moment after we have left."""
    for _ in range(500):
        if documents(sandbox, code):
            break
        time.sleep(0.01)
    return documents(sandbox, code)


@pytest.mark.requirement("OF-56")
@pytest.mark.parametrize("code", ALL)
def test_a_file_is_printed_once_and_as_it_is(sandbox: RunningSandbox, code: str) -> None:
    printed(code, ADDRESSES[code](sandbox.url))
    assert arrived(sandbox, code) == [JOB.document]


@pytest.mark.parametrize("code", ALL)
def test_a_printer_that_is_switched_off_has_certainly_printed_nothing(sandbox: RunningSandbox, code: str) -> None:
    with pytest.raises(TryAgain):
        printed(code, SWITCHED_OFF[code])
    assert documents(sandbox, code) == []


@pytest.mark.parametrize("code", ALL)
def test_a_line_that_breaks_off_leaves_it_open_whether_it_printed(sandbox: RunningSandbox, code: str) -> None:
    sandbox.fail(code, "print", "error_500_done")
    large = PrintJob(JOB.name, JOB.media_type, JOB.document * 100_000)
    with pytest.raises(OutcomeUnknown):
        printed(code, BREAKS_OFF[code](sandbox.url), large)


def test_a_job_does_not_show_its_file_in_logs() -> None:
    assert "SANDBOX" not in repr(JOB)
