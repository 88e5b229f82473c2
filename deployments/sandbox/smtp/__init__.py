"""A stand-in of a mail server.

Books: `mails` (sender, recipient, subject, key, text, attachments by name). POST /smtp/_listen switches a server on, on
a free port of this machine, and answers with the port. `mode` says how it behaves: "" well, "busy" it asks for later,
"drops" it takes the mail and breaks the line off before it says so. A mailbox named "nobody" does not exist, and the
password "wrong" is not taken.
"""

import asyncio
import base64
import email
import email.policy
from email.message import EmailMessage
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from deployments.sandbox.books import Books
from deployments.sandbox.carriage import routes_of

LOOPBACK = "127.0.0.1"


class Wish(BaseModel):
    """What kind of server is wanted."""

    mode: str = ""


def router(books: Books) -> APIRouter:
    """The one route."""
    return routes_of([("POST", "/_listen", "listen", MailServers(books).listen)])


class MailServers:
    """The servers that were switched on; they stay on as long as the sandbox lives."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._servers: list[asyncio.Server] = []

    async def listen(self, wish: Wish) -> dict[str, Any]:
        """Switches a server on."""

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await Conversation(self._books, wish.mode, reader, writer).hold()

        server = await asyncio.start_server(serve, LOOPBACK, 0)
        self._servers.append(server)
        return {"port": server.sockets[0].getsockname()[1]}


class Conversation:
    """One connection, command by command (RFC 5321, and AUTH PLAIN of RFC 4954)."""

    def __init__(self, books: Books, mode: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._books = books
        self._mode = mode
        self._reader = reader
        self._writer = writer
        self._sender = self._recipient = ""

    async def hold(self) -> None:
        """Answers until the other side leaves."""
        await self._say("220 sandbox ESMTP")
        while line := (await self._reader.readline()).decode().rstrip("\r\n"):
            verb, _, rest = line.partition(" ")
            if not await self._answer(verb.upper(), rest):
                break
        self._writer.close()

    async def _answer(self, verb: str, rest: str) -> bool:
        if verb == "DATA":
            return await self._take_mail()
        if verb in {"EHLO", "HELO"}:
            await self._say("250-sandbox\r\n250-AUTH PLAIN\r\n250 8BITMIME")
        elif verb == "AUTH":
            wrong = base64.b64decode(rest.removeprefix("PLAIN ")).endswith(b"\0wrong")
            await self._say("535 5.7.8 credentials invalid" if wrong else "235 2.7.0 accepted")
        elif verb == "MAIL":
            self._sender = _address(rest)
            await self._say("421 4.3.2 too busy" if self._mode == "busy" else "250 2.1.0 ok")
        elif verb == "RCPT":
            self._recipient = _address(rest)
            unknown = self._recipient.startswith("nobody@")
            await self._say(f"550 5.1.1 no mailbox {self._recipient}" if unknown else "250 2.1.5 ok")
        else:
            await self._say("221 bye" if verb == "QUIT" else "250 ok" if verb == "RSET" else "502 not implemented")
        return verb != "QUIT"

    async def _take_mail(self) -> bool:
        await self._say("354 go ahead")
        content = (await self._reader.readuntil(b"\r\n.\r\n")).removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
        self._record(email.message_from_bytes(content, policy=email.policy.default))
        if self._mode == "drops":
            self._writer.transport.abort()
            return False
        await self._say("250 2.0.0 queued")
        return True

    def _record(self, mail: EmailMessage) -> None:
        body, html = mail.get_body(("plain",)), mail.get_body(("html",))
        self._books.record(
            "mails",
            sender=self._sender,
            recipient=self._recipient,
            subject=mail["Subject"],
            key=mail["X-OrderFlow-Key"] or "",
            text=body.get_content() if body else "",
            html=html.get_content() if html else "",
            attachments=[(part.get_filename(), len(part.get_content())) for part in mail.iter_attachments()],
        )

    async def _say(self, text: str) -> None:
        self._writer.write(f"{text}\r\n".encode())
        await self._writer.drain()


def _address(text: str) -> str:
    return text.partition("<")[2].partition(">")[0]
