"""Notifiers: ways to tell people."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from connectors.errors import OutcomeUnknown
from connectors.protocols.connector import Connector


@dataclass(frozen=True)
class Message:
    """Something to say. `recipient` is a channel name, an address, a number or an endpoint, by the notifier's kind.

    `key` is unique per message and travels with it where the service has a place for it.
    `data` is what structured notifiers send (Block Kit blocks, a webhook's body); `text` is always readable alone.
    `template` names the kind of notice and `words` are what it says, for services that keep layouts of their own.
    `replaces` and `in_reply_to` are receipts of earlier messages, for services that can edit one or answer under it;
    all others send a new message. An answer `for_everyone` is also shown to those who do not follow the first message.
    """

    key: str
    recipient: str
    subject: str
    text: str
    html: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    attachments: tuple[tuple[str, str, bytes], ...] = ()
    template: str = ""
    words: Mapping[str, Any] = field(default_factory=dict)
    replaces: str = ""
    in_reply_to: str = ""
    for_everyone: bool = False


class Notifier(Connector):
    """A way to tell people. `repeat_is_harmless` says whether a message of unknown fate may be sent again."""

    repeat_is_harmless: ClassVar[bool] = False
    can_be_asked: ClassVar[bool] = False

    @abstractmethod
    async def send(self, message: Message) -> str:
        """Sends once; returns the service's id of the message. Raises TryAgain, Refused or OutcomeUnknown."""

    async def find(self, message: Message, since: datetime) -> str | None:
        """The service's id of a message sent since then; None where it certainly was not. Raises OutcomeUnknown.

        Only a notifier that `can_be_asked` answers.
        """
        raise OutcomeUnknown(f"{self.code} cannot be asked what became of a message")
