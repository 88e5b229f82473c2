"""Senders who send too much, too slowly, compressed, or nothing."""

import socket

import httpx
import psutil
import pytest
from webhook_deliveries import order_body, post, signed

from deployments.receiver.body import MAX_BODY_BYTES


def _chunks(size, chunk=b"x" * 65536):
    for _ in range(size // len(chunk)):
        yield chunk


def _raw(address, text, seconds=5.0):
    """What comes back for bytes sent as they are; the sender never closes first."""
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=seconds) as line:
        line.sendall(text)
        answer = b""
        while part := line.recv(65536):
            answer += part
        return answer.decode()


def test_a_body_over_two_megabytes_is_refused_whatever_it_declares(served):
    large = b" " * (MAX_BODY_BYTES + 1)
    assert post(served, large).status_code == 413
    liar = f"POST /webhooks/shopify HTTP/1.1\r\nHost: x\r\nContent-Length: {10**12}\r\n\r\n".encode()
    assert " 413 " in _raw(served, liar)


def test_a_hundred_chunked_megabytes_do_not_fill_the_memory(served):
    before = psutil.Process().memory_info().rss
    try:
        status = httpx.post(f"{served}/webhooks/shopify", content=_chunks(100_000_000)).status_code
    except httpx.TransportError:
        status = 413  # the line was closed while we were still sending, which is as good
    assert status == 413
    assert psutil.Process().memory_info().rss - before < 50_000_000


def test_the_largest_allowed_body_is_taken(served):
    body = order_body(note="x" * (MAX_BODY_BYTES - 100))
    assert post(served, body).status_code == 200


def test_a_compressed_body_is_refused(served):
    body = order_body()
    assert post(served, body, signed(body) | {"content-encoding": "gzip"}).status_code == 415


def test_a_body_that_trickles_is_given_up(served, monkeypatch):
    monkeypatch.setattr("deployments.receiver.body.BODY_SECONDS", 0.2)
    head = b"POST /webhooks/shopify HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
    assert " 408 " in _raw(served, head)


def test_a_sender_who_hangs_up_disturbs_nobody(served):
    host, _, port = served.removeprefix("http://").partition(":")
    for _ in range(20):
        with socket.create_connection((host, int(port))) as line:
            line.sendall(b"POST /webhooks/shopify HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    assert post(served, order_body()).status_code == 200


def test_slow_senders_do_not_hold_up_others(served):
    host, _, port = served.removeprefix("http://").partition(":")
    lines = [socket.create_connection((host, int(port))) for _ in range(50)]
    for line in lines:
        line.sendall(b"POST /webhooks/shopify HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    assert post(served, order_body()).status_code == 200
    for line in lines:
        line.close()


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"text"', b"{}", b'{"id": null}'])
def test_odd_but_signed_bodies_never_crash_the_receiver(served, body):
    assert post(served, body).status_code == 200
