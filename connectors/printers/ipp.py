"""Printers behind IPP, as CUPS offers its queues: ipp://print.example.com/printers/zebra.

A Print-Job request of IPP 1.1 over HTTP: attributes, then the file (RFC 8010, RFC 8011).
"""

import struct
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from connectors.errors import OutcomeUnknown, Refused, TryAgain
from connectors.protocols import Printer, PrintJob
from connectors.settings import ConnectorSettings
from connectors.transport.http import HttpClient

PORT = 631
PRINT_JOB = 0x0002
_OPERATION_ATTRIBUTES, _END = b"\x01", b"\x03"
_CHARSET, _LANGUAGE, _URI, _NAME, _MIME = 0x47, 0x48, 0x45, 0x42, 0x49
_INTEGER = 0x21
# Not accepting jobs, busy, temporary error, out of service for now (RFC 8011, appendix B.1.5).
_PASSING = {0x0502, 0x0504, 0x0505, 0x0506, 0x0507}
# The queue's own filters tell what ZPL is.
_FORMATS = {"application/zpl": "application/octet-stream", "": "application/octet-stream"}


class Settings(ConnectorSettings):
    """Nothing: the address is all a queue without a password needs."""

    service = "ipp"


class IppPrinter(Printer):
    """A queue of CUPS, or any printer that speaks IPP."""

    code = "ipp"
    Settings = Settings

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def print_job(self, address: str, job: PrintJob) -> str:
        """Puts the file into the queue; returns the queue's number of the job."""
        place = urlsplit(address)
        headers = {"Content-Type": "application/ipp"}
        async with HttpClient(self.code, _http_address(place)) as http:
            response = await http.write("POST", place.path, content=print_request(address, job), headers=headers)
        return job_of(response.content)


def print_request(address: str, job: PrintJob) -> bytes:
    """The Print-Job request: version 1.1, the operation, a number of ours, its attributes and the file."""
    attributes = (
        (_CHARSET, "attributes-charset", "utf-8"),
        (_LANGUAGE, "attributes-natural-language", "en"),
        (_URI, "printer-uri", address),
        (_NAME, "requesting-user-name", "orderflow"),
        (_NAME, "job-name", job.name[:120]),
        (_MIME, "document-format", _FORMATS.get(job.media_type, job.media_type)),
    )
    head = struct.pack(">BBHI", 1, 1, PRINT_JOB, 1) + _OPERATION_ATTRIBUTES
    return head + b"".join(_attributes(attributes)) + _END + job.document


def job_of(answer: bytes) -> str:
    """The number of the accepted job. Raises TryAgain or Refused for a job that was not taken, OutcomeUnknown else."""
    if len(answer) < 8:
        raise OutcomeUnknown("the print queue's answer cannot be read")
    (status,) = struct.unpack(">H", answer[2:4])
    if status in _PASSING:
        raise TryAgain(f"the print queue takes no jobs now (IPP {status:#06x})", wait_seconds=30)
    if status >= 0x0400:
        raise Refused(f"the print queue refuses the job (IPP {status:#06x})", code=f"ipp_{status:#06x}")
    return _job_id(answer)


def _attributes(attributes: Iterable[tuple[int, str, str]]) -> Iterable[bytes]:
    for tag, name, value in attributes:
        told, text = name.encode(), value.encode()
        yield struct.pack(">BH", tag, len(told)) + told + struct.pack(">H", len(text)) + text


def _job_id(answer: bytes) -> str:
    """The integer named job-id, "" where the answer has none."""
    name = b"job-id"
    marker = struct.pack(">BH", _INTEGER, len(name)) + name + struct.pack(">H", 4)
    place = answer.find(marker)
    if place < 0 or len(answer) < place + len(marker) + 4:
        return ""
    return str(struct.unpack(">i", answer[place + len(marker) : place + len(marker) + 4])[0])


def _http_address(place: SplitResult) -> str:
    """IPP is HTTP on port 631; ipps is HTTPS there."""
    scheme = "https" if place.scheme == "ipps" else "http"
    return f"{scheme}://{place.hostname}:{place.port or PORT}"
