"""The file behind a label's link. The label is bought by then, so nothing here may fail the purchase."""

import re

import httpx
import structlog

from connectors.errors import ConnectorError
from connectors.transport.http import HttpClient

log = structlog.get_logger("connectors.labels.link")

LARGEST_BYTES = 5_000_000
# Three attempts of this length are over before the purchase they follow counts as hung.
TIMEOUT_SECONDS = 5.0
NOWHERE_ELSE = re.compile(r"(?!)")


async def label_file(http: HttpClient, link: str, *, home: str, elsewhere: re.Pattern[str] = NOWHERE_ELSE) -> bytes:
    """The PDF, or b"" where it cannot be had: the seller can be asked for the label again.

    Only links to the service's own address (`home`) are followed, and over https to hosts that match `elsewhere`.
    """
    try:
        if not _is_trusted(httpx.URL(link), httpx.URL(home), elsewhere):
            raise httpx.InvalidURL("leads elsewhere")
        content = (await http.read("GET", link, timeout=TIMEOUT_SECONDS)).content
    except (httpx.InvalidURL, ConnectorError) as error:
        log.warning("label file not fetched", service=http.service, why=str(error))
        return b""
    return content if content.startswith(b"%PDF") and len(content) <= LARGEST_BYTES else b""


def _is_trusted(link: httpx.URL, home: httpx.URL, elsewhere: re.Pattern[str]) -> bool:
    if (link.scheme, link.host, link.port) == (home.scheme, home.host, home.port):
        return True
    return link.scheme == "https" and link.port is None and elsewhere.fullmatch(link.host) is not None
