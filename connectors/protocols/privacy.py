"""What a channel passes on of people's rights: to be forgotten, and to see what is held of them."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class PrivacyRequest:
    """What is to be done with the data of these orders, by the channel's ids; of all its orders where that is None."""

    wanted: Literal["forget", "hand_out"]
    order_external_ids: tuple[str, ...] | None
    reference: str = ""


class PrivacyMessenger(ABC):
    """A channel that passes on what people ask about their data."""

    @abstractmethod
    def privacy_request(self, topic: str, document: Any) -> PrivacyRequest | None:
        """What a delivery of this topic asks for; None for every other topic. Raises Unreadable."""
