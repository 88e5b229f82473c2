"""The file behind a label's link. The label is bought by then, so nothing here may fail the purchase."""

import re
from dataclasses import replace

import httpx
import structlog

from connectors.errors import ConnectorError
from connectors.labels.file_kind import media_type_of
from connectors.protocols import Label
from connectors.transport.http import HttpClient

log = structlog.get_logger("connectors.labels.link")

LARGEST_BYTES = 5_000_000
# Three attempts of this length are over before the purchase they follow counts as hung.
TIMEOUT_SECONDS = 5.0
NOWHERE_ELSE = re.compile(r"(?!)")


async def label_file(http: HttpClient, link: str, *, home: str, elsewhere: re.Pattern[str] = NOWHERE_ELSE) -> bytes:
    """The file, or b"" where it cannot be had: the seller can be asked for the label again.

    Only links to the service's own address (`home`) are followed, and over https to hosts that match `elsewhere`.
    """
    try:
        if not _is_trusted(httpx.URL(link), httpx.URL(home), elsewhere):
            raise httpx.InvalidURL("leads elsewhere")
        content = (await http.read("GET", link, timeout_seconds=TIMEOUT_SECONDS)).content
    except (httpx.InvalidURL, ConnectorError) as error:
        log.warning("label file not fetched", service=http.service, why=str(error))
        return b""
    return content if media_type_of(content) and len(content) <= LARGEST_BYTES else b""


async def labelled(http: HttpClient, label: Label, *, home: str, elsewhere: re.Pattern[str] = NOWHERE_ELSE) -> Label:
    """The label with the file its link leads to, where it has none yet."""
    if label.document or not label.document_url:
        return label
    document = await label_file(http, label.document_url, home=home, elsewhere=elsewhere)
    return replace(label, document=document)


def _is_trusted(link: httpx.URL, home: httpx.URL, elsewhere: re.Pattern[str]) -> bool:
    if (link.scheme, link.host, link.port) == (home.scheme, home.host, home.port):
        return True
    return link.scheme == "https" and link.port is None and elsewhere.fullmatch(link.host) is not None
