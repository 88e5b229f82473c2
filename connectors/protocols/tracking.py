"""Carriers that post where parcels are, without being asked."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from connectors.protocols.sales_channel import WebhookNotice
from orderflow.shipping.tracking import TrackingUpdate


class TrackingSender(ABC):
    """A carrier whose webhooks tell of scans. What it posts is kept first and read later, as a channel's is."""

    @abstractmethod
    async def verify(self, headers: Mapping[str, str], body: bytes, token: str) -> None:
        """Returns if the delivery is genuine; raises SignatureRefused otherwise.

        Header names arrive in lower case; `token` is the secret part of the address it was posted to, "" where none.
        """

    @abstractmethod
    def notice(self, headers: Mapping[str, str], body: bytes) -> WebhookNotice | None:
        """What the delivery is about; None for one that tells of no parcel. Raises Unreadable."""

    @abstractmethod
    def updates(self, document: Any) -> tuple[TrackingUpdate, ...]:
        """What the delivery says of parcels. Raises Unreadable."""
