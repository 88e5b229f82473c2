"""What the stand-ins remember: their own books, to be held against ours."""

import itertools
from collections import defaultdict
from typing import Any


class Books:
    """One service's append-only ledger, by kind of entry ("labels", "messages"). Lives in memory."""

    def __init__(self, service: str) -> None:
        self.service = service
        self._entries: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._counter = itertools.count(1)

    def record(self, kind: str, **entry: Any) -> dict[str, Any]:
        """Writes one entry with a number of its own and returns it; the caller may update it in place."""
        row = {"number": next(self._counter), **entry}
        self._entries[kind].append(row)
        return row

    def entries(self, kind: str) -> list[dict[str, Any]]:
        """Every entry of a kind, oldest first."""
        return self._entries[kind]

    def find(self, kind: str, **wanted: Any) -> dict[str, Any] | None:
        """The newest entry whose fields equal the wanted ones, or None."""
        matches = (row for row in reversed(self._entries[kind]) if all(row.get(k) == v for k, v in wanted.items()))
        return next(matches, None)

    def dump(self) -> dict[str, list[dict[str, Any]]]:
        """Everything, for the auditor."""
        return dict(self._entries)
