"""Row 9, addresses that lead inside: an outgoing webhook reaches no place of this machine, whatever it is called.

That a name which changes after the check leads nowhere is proved in connectors/transport/test_public_internet.py.
"""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from connectors.errors import ConnectorError, Refused
from connectors.notifiers.webhook import OutgoingWebhook, WebhookSettings
from connectors.protocols import Message

PLACES = [
    "127.0.0.1",
    "localhost",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[2002:7f00:1::]",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "127.1",
    "0",
    "0.0.0.0",
    "169.254.169.254",
    "[fd00:ec2::254]",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "100.100.100.200",
    "\uff11\uff12\uff17.0.0.1",
    "127\u30020\u30020\u30021",
]


class Listener:
    """A place on this machine that counts who comes."""

    def __init__(self) -> None:
        self.line = socket.create_server(("127.0.0.1", 0))
        self.port = self.line.getsockname()[1]
        self.visits = 0
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                visitor, _ = self.line.accept()
            except OSError:
                return
            self.visits += 1
            visitor.close()


@contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()
    try:
        yield listener
    finally:
        listener.line.close()


def send(url: str) -> None:
    settings = WebhookSettings.load({"WEBHOOK_SIGNING_SECRET": "whsec_c2VjcmV0"})

    async def post() -> None:
        hook = OutgoingWebhook(settings)
        try:
            await hook.send(Message(recipient=url, subject="", text="", key="k", data={"order": 1}))
        finally:
            await hook.aclose()

    asyncio.run(post())


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "form", ["https://{place}/", "https://{place}:443/", "https://user@{place}/", "http://{place}/"]
)
def test_a_place_of_this_machine_is_refused_by_any_of_its_names(place, form):
    with pytest.raises(Refused):
        send(form.format(place=place))


def test_other_ports_and_other_schemes_are_refused_before_anybody_is_called():
    with listening() as listener:
        for url in (f"https://127.0.0.1:{listener.port}/", f"http://localhost:{listener.port}/", "file:///etc/passwd"):
            with pytest.raises(ConnectorError):
                send(url)
        assert listener.visits == 0
