"""Fulfilment partners that post when something happened to an order."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from connectors.protocols.sales_channel import WebhookNotice


class NewsSender(ABC):
    """A partner whose webhooks tell that an order moved.

    A delivery only has the partner asked at once: what it says itself counts for nothing, so that deliveries may come
    late, twice or out of order.
    """

    @abstractmethod
    async def verify(self, headers: Mapping[str, str], body: bytes, token: str) -> None:
        """Returns if the delivery is genuine; raises SignatureRefused otherwise.

        Header names arrive in lower case; `token` is the secret part of the address it was posted to, "" where none.
        """

    @abstractmethod
    def notice(self, headers: Mapping[str, str], body: bytes) -> WebhookNotice | None:
        """What the delivery is about; None for one that tells of no order. Raises Unreadable."""

    @abstractmethod
    def references(self, document: Any) -> tuple[str, ...]:
        """The orders it tells of, by our reference or the partner's own. Raises Unreadable."""
