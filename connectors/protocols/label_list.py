"""Carriers whose account can be read as a list of what it sold: the other side of our ledger."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SoldLabel:
    """A label in the carrier's own books that is not void. `reference` is "" where it was bought without one."""

    reference: str
    provider_reference: str
    tracking_number: str
    sold_at: datetime


class LabelLister(ABC):
    """A carrier that lists the labels of its account."""

    @abstractmethod
    async def labels_since(self, since: datetime) -> Sequence[SoldLabel]:
        """Every label sold since then that is not void, whoever bought it, in no order. Reading: may be repeated.

        Raises OutcomeUnknown where there are more than it can be asked for.
        """
