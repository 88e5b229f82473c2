"""Links to labels are followed only where they may lead, and never undo a purchase."""

import asyncio

import httpx
import pytest

from connectors.carriers.shippo import LABEL_HOSTS
from connectors.labels.link import LARGEST_BYTES, label_file
from connectors.transport.http import HttpClient

HOME = "https://api.goshippo.com"
PDF = b"%PDF-1.4 a label"


def fetch(link: str, content: bytes = PDF, status: int = 200) -> bytes:
    answer = httpx.MockTransport(lambda _: httpx.Response(status, content=content))

    async def ask() -> bytes:
        async with HttpClient("shippo", HOME, transport=answer) as http:
            return await label_file(http, link, home=HOME, elsewhere=LABEL_HOSTS)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    "link",
    [
        "https://api.goshippo.com/labels/1.pdf",
        "https://deliver.goshippo.com/1.pdf?sig=x",
        "https://shippo-delivery-east.s3.amazonaws.com/1.pdf",
        "https://shippo-delivery.s3.us-east-1.amazonaws.com/1.pdf",
    ],
)
def test_a_label_at_the_service_or_its_store_is_fetched(link: str) -> None:
    assert fetch(link) == PDF


@pytest.mark.parametrize(
    "link",
    [
        "",
        "http://[half an address",
        "https://evil.example/1.pdf",
        "https://goshippo.com.evil.example/1.pdf",
        "https://evil.s3.amazonaws.com/1.pdf",
        "http://deliver.goshippo.com/1.pdf",
        "http://169.254.169.254/latest/meta-data",
        "https://api.goshippo.com:8443/1.pdf",
    ],
)
def test_a_link_that_leads_elsewhere_is_not_followed(link: str) -> None:
    assert fetch(link) == b""


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"<html>gateway</html>", 200), (PDF + b" " * LARGEST_BYTES, 200), (PDF, 404), (PDF, 302)],
)
def test_what_is_no_label_is_left_out_without_failing(content: bytes, status: int) -> None:
    assert fetch(f"{HOME}/1.pdf", content, status) == b""
