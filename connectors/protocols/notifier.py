"""Notifiers: ways to tell people."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True)
class Message:
    """Something to say. `recipient` is a channel name, an address, a number or an endpoint, by the notifier's kind.

    `key` is unique per message and travels with it where the service has a place for it.
    `data` is what structured notifiers send (Block Kit blocks, a webhook's body); `text` is always readable alone.
    """

    key: str
    recipient: str
    subject: str
    text: str
    html: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    attachments: tuple[tuple[str, str, bytes], ...] = ()


class Notifier(ABC):
    """A way to tell people. `repeat_is_harmless` says whether a message of unknown fate may be sent again."""

    code: ClassVar[str]
    repeat_is_harmless: ClassVar[bool] = False

    @abstractmethod
    async def send(self, message: Message) -> str:
        """Sends once; returns the service's id of the message. Raises TryAgain, Refused or OutcomeUnknown."""
