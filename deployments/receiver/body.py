"""Reading a delivery's body without letting anybody fill the memory or hold the line."""

import asyncio

from fastapi import HTTPException, Request
from starlette.requests import ClientDisconnect

MAX_BODY_BYTES = 2 * 1024 * 1024
BODY_SECONDS = 10.0


def refuse(status: int, reason: str) -> HTTPException:
    """A refusal that also closes the connection, so that the rest of the body need not be taken."""
    return HTTPException(status, reason, headers={"Connection": "close"})


async def read_body(request: Request) -> bytes:
    """The raw bytes, counted while they arrive.

    Raises 413 over 2 MiB, 415 for a compressed body, 408 for one that takes too long, 400 for one that breaks off.
    """
    if request.headers.get("content-encoding", "identity") != "identity":
        raise refuse(415, "send the body uncompressed")
    if _declared_bytes(request) > MAX_BODY_BYTES:
        raise refuse(413, f"the body is larger than {MAX_BODY_BYTES} bytes")
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _counted(request)
    except TimeoutError:
        raise refuse(408, f"the body took longer than {BODY_SECONDS:.0f} seconds") from None
    except ClientDisconnect:
        raise refuse(400, "the body broke off") from None


def _declared_bytes(request: Request) -> int:
    declared = request.headers.get("content-length", "0")
    return int(declared) if declared.isdecimal() else 0


async def _counted(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise refuse(413, f"the body is larger than {MAX_BODY_BYTES} bytes")
    return bytes(body)
