"""Services that tell, some time later, what became of the messages they took."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

DeliveryStatus = Literal["accepted", "delivered", "delayed", "refused", "read"]


@dataclass(frozen=True)
class DeliveryReport:
    """One thing a service tells of one message. `event_id` is the same when it is told again.

    `message_key` is our key of the message, `receipt` the service's own id of it. `detail` is the service's reason in
    short; it names no person.
    """

    event_id: str
    message_key: str
    status: DeliveryStatus
    at: datetime
    receipt: str = ""
    detail: str = ""


@dataclass(frozen=True)
class ReportDelivery:
    """The request reports came with: headers by lower-case name, the raw query and the raw body."""

    headers: Mapping[str, str]
    query: str
    body: bytes


class DeliveryReporter(ABC):
    """A notifier whose service posts reports to us."""

    @abstractmethod
    def verify(self, delivery: ReportDelivery, now: datetime) -> None:
        """Returns if the service sent these very bytes; raises SignatureRefused otherwise."""

    @abstractmethod
    def reports(self, delivery: ReportDelivery, now: datetime) -> Sequence[DeliveryReport]:
        """What a verified delivery tells of messages of ours. Raises Unreadable."""
