"""Row 3, huge, slow and exploding bodies: none of them moves the receiver's memory by 50 MB or stops it."""

import gzip
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest
from receiver_server import installation_in
from security.receiver_process import ReceiverProcess, receiver_process, watched_memory
from webhook_deliveries import order_body, post, signed

ALLOWED_BYTES = 50_000_000
DEPTH = 100_000


@pytest.fixture(scope="module")
def receiver(tmp_path_factory) -> Iterator[ReceiverProcess]:
    """One process that takes all of it, one after the other."""
    with pytest.MonkeyPatch.context() as patch:
        installed = installation_in(tmp_path_factory.mktemp("receiver"), patch)
        with receiver_process(installed) as started:
            assert post(started.address, order_body()).status_code == 200
            yield started


@contextmanager
def unmoved(receiver: ReceiverProcess) -> Iterator[None]:
    """Fails where the receiver grew by 50 MB meanwhile, or takes no delivery afterwards."""
    with watched_memory(receiver) as peak:
        yield
    assert peak.growth < ALLOWED_BYTES, f"it grew by {peak.growth:,} bytes"
    assert post(receiver.address, order_body()).status_code == 200


def chunks(megabytes: int) -> Iterator[bytes]:
    for _ in range(megabytes * 16):
        yield b"x" * 62_500


def test_a_hundred_megabytes_in_chunks_are_refused(receiver):
    with unmoved(receiver):
        try:
            status = httpx.post(f"{receiver.address}/webhooks/shopify", content=chunks(100), timeout=60).status_code
        except httpx.TransportError:
            status = 413  # the line was closed while we were still sending, which is as good
        assert status == 413


EXPLODING = {
    "a hundred thousand brackets": b"[" * DEPTH + b"]" * DEPTH,
    "a hundred thousand objects": b'{"a":' * DEPTH + b"1" + b"}" * DEPTH,
    "a number of a million digits": b'{"id":' + b"9" * 1_000_000 + b"}",
    "a number with a large exponent": b'{"id": 1e400, "total": 1E999999999}',
    "two million empty lists": b"[" + b"[]," * 600_000 + b"[]]",
    "a text of two megabytes of escapes": b'{"note": "' + b"\\u0041" * 340_000 + b'"}',
    "not a number": b'{"id": NaN, "total": -Infinity}',
    "a text that never ends": b'{"note": "' + b"\\\\" * 500_000,
}


@pytest.mark.requirement("LANE-18")
@pytest.mark.parametrize("name", EXPLODING)
def test_a_signed_body_that_would_explode_is_kept_unread(receiver, name):
    body = EXPLODING[name]
    with unmoved(receiver):
        assert post(receiver.address, body, signed(body, event=name)).status_code == 200


def test_a_body_that_grows_when_unpacked_is_not_unpacked(receiver):
    body = gzip.compress(b" " * 100_000_000)
    with unmoved(receiver):
        headers = signed(body) | {"content-encoding": "gzip"}
        assert post(receiver.address, body, headers).status_code == 415


def test_five_hundred_senders_who_never_finish_keep_nobody_out(receiver):
    host, _, port = receiver.address.removeprefix("http://").partition(":")
    beginning = b"POST /webhooks/shopify HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n" + b"x" * 10_000
    with ExitStack() as lines, unmoved(receiver):
        for _ in range(500):
            line = lines.enter_context(socket.create_connection((host, int(port)), timeout=30))
            line.sendall(beginning)
        assert post(receiver.address, order_body()).status_code == 200


def test_headers_without_end_are_cut_off(receiver):
    host, _, port = receiver.address.removeprefix("http://").partition(":")
    with unmoved(receiver), socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall(b"POST /webhooks/shopify HTTP/1.1\r\nHost: x\r\n")
        with pytest.raises(OSError):
            for _ in range(20_000):
                line.sendall(b"X-Filler: " + b"x" * 10_000 + b"\r\n")
