"""What one order has in the fields an index asks for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from orderflow.facts import RoutingFacts
from orderflow.rules.index.readers import Reader

UNREAD = object()


@dataclass(frozen=True, slots=True)
class Reading:
    """One order as one index reads it; of no use to another index.

    `words` and `places` are the plain fields, in the order of the index's tables. `late` are those that are read when
    they are first asked for, `answers` what the other questions gave. Both fill up, and are right for this order only.
    """

    facts: RoutingFacts
    words: Sequence[Any]
    places: Sequence[int]
    late: list[Any]
    answers: dict[Reader, Any] = field(default_factory=dict)

    def answer(self, reader: Reader) -> Any:
        """What the reader finds in this order, read once."""
        found = self.answers.get(reader, UNREAD)
        if found is UNREAD:
            found = self.answers[reader] = reader(self.facts)
        return found
