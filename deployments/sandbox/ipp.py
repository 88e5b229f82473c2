"""A stand-in of a CUPS server: queues that keep what they print.

Books: `jobs` (queue, name, format, document in base64). Operations for faults: print; `error_inside` is a queue that
takes no jobs now.
"""

import struct
from base64 import b64encode

from fastapi import APIRouter, Request, Response

from deployments.sandbox.books import Books
from deployments.sandbox.carriage import routes_of

PRINT_JOB = 0x0002
OK, BAD_REQUEST, NOT_ACCEPTING = 0x0000, 0x0400, 0x0506


def router(books: Books) -> APIRouter:
    """The one route."""
    return routes_of([("POST", "/printers/{queue}", "print", Queues(books).print_job)])


class Queues:
    """Every queue one may name."""

    def __init__(self, books: Books) -> None:
        self._books = books

    async def print_job(self, request: Request, queue: str) -> Response:
        """Takes a Print-Job; refuses what is no such request or has no file."""
        body = await request.body()
        if request.headers.get("content-type") != "application/ipp" or len(body) < 9:
            return Response(status_code=400)
        attributes, document = _read(body)
        (operation,) = struct.unpack(">H", body[2:4])
        if operation != PRINT_JOB or not document or not attributes.get("printer-uri", "").endswith(queue):
            return _answer(BAD_REQUEST)
        if request.state.fault == "error_inside":
            return _answer(NOT_ACCEPTING)
        facts = {"name": attributes.get("job-name", ""), "format": attributes.get("document-format", "")}
        row = self._books.record("jobs", queue=queue, **facts, document=b64encode(document).decode())
        return _answer(OK, row["number"])


def _read(body: bytes) -> tuple[dict[str, str], bytes]:
    """The attributes by name, and the file behind them."""
    found: dict[str, str] = {}
    place = 9
    while place < len(body) and body[place] != 0x03:
        (name_length,) = struct.unpack(">H", body[place + 1 : place + 3])
        name = body[place + 3 : place + 3 + name_length].decode()
        place += 3 + name_length
        (length,) = struct.unpack(">H", body[place : place + 2])
        found[name] = body[place + 2 : place + 2 + length].decode()
        place += 2 + length
    return found, body[place + 1 :]


def _answer(status: int, job: int = 0) -> Response:
    told = struct.pack(">BBHI", 1, 1, status, 1)
    if job:
        told += b"\x02" + struct.pack(">BH", 0x21, 6) + b"job-id" + struct.pack(">Hi", 4, job)
    return Response(told + b"\x03", media_type="application/ipp")
