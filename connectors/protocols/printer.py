"""Printers: where labels are put on paper."""

from abc import abstractmethod
from dataclasses import dataclass, field

from connectors.protocols.connector import Connector


@dataclass(frozen=True)
class PrintJob:
    """One file to be printed once. `name` is what the queue shows; `media_type` says what the file is."""

    name: str
    media_type: str
    document: bytes = field(repr=False)


class Printer(Connector):
    """A way to reach printers; the address says which one."""

    @abstractmethod
    async def print_job(self, address: str, job: PrintJob) -> str:
        """Hands the job over; returns the queue's number of it, "" where there is none.

        TryAgain and Refused mean that nothing was printed, OutcomeUnknown that it may have been.
        """
