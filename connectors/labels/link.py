"""The file behind a label's link. The label is bought by then, so nothing here may fail the purchase."""

import re

import httpx
import structlog

from connectors.errors import ConnectorError
from connectors.http import HttpClient

log = structlog.get_logger("connectors.labels.link")

LARGEST_BYTES = 5_000_000
NOWHERE_ELSE = re.compile(r"(?!)")


async def label_file(http: HttpClient, link: str, *, home: str, elsewhere: re.Pattern[str] = NOWHERE_ELSE) -> bytes:
    """The PDF, or b"" where it cannot be had: the seller can be asked for the label again.

    Only links to the service's own address (`home`) are followed, and over https to hosts that match `elsewhere`.
    """
    if not _is_trusted(httpx.URL(link), httpx.URL(home), elsewhere):
        log.warning("label file not fetched", service=http.service, host=httpx.URL(link).host)
        return b""
    try:
        content = (await http.read("GET", link)).content
    except ConnectorError as error:
        log.warning("label file not fetched", service=http.service, error=str(error))
        return b""
    return content if is_label_file(content) else b""


def is_label_file(content: bytes) -> bool:
    """Whether it can be a label as it was ordered: a PDF of reasonable size."""
    return content.startswith(b"%PDF") and len(content) <= LARGEST_BYTES


def _is_trusted(link: httpx.URL, home: httpx.URL, elsewhere: re.Pattern[str]) -> bool:
    if (link.scheme, link.host, link.port) == (home.scheme, home.host, home.port):
        return True
    return link.scheme == "https" and link.port is None and elsewhere.fullmatch(link.host) is not None
