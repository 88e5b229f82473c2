"""The table of requests held against the vendors' own specifications, shown at the end of a test run.

A contract test adds a row with one call: `hold_against("UPS Shipping.yaml", "ups", "POST /ship", faults)`.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class SpecificationTable:
    """How many requests of each service and operation were held against what, and how many of them were faulty."""

    checked: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    faulty: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def lines(self) -> list[str]:
        """The table as text, by service and operation; empty while nothing was held against anything."""
        if not self.checked:
            return []
        rows = [("service", "operation", "against", "requests", "verdict"), *map(self._row, sorted(self.checked))]
        widths = [max(len(row[column]) for row in rows) for column in range(5)]
        return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]

    def _row(self, key: tuple[str, str, str]) -> tuple[str, str, str, str, str]:
        faulty = self.faulty[key]
        return *key, str(self.checked[key]), f"{faulty} FAULTY" if faulty else "valid"


TABLE = SpecificationTable()


def hold_against(specification: str, service: str, operation: str, faults: Iterable[object] = ()) -> None:
    """Adds one request to the table and fails the test where it has faults.

    `specification` names the document as its vendor does ("admin_2026-10", "SDK 3.9 recordings"), `operation` is what
    is asked of the service ("POST /labels", "mutation orderCancel").
    """
    found = [str(fault) for fault in faults]
    key = (service, operation, specification)
    TABLE.checked[key] += 1
    TABLE.faulty[key] += bool(found)
    assert not found, f"{service} {operation} against {specification}: {'; '.join(found)}"
