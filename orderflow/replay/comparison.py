"""Whether two decisions are the same, byte for byte, and where they first differ."""

import json
from collections.abc import Iterator
from typing import Any

from orderflow.decision import Decision
from orderflow.value import Value


class Difference(Value):
    """The first place where two decisions differ. `path` is written like `plan.shipments[0].location`."""

    path: str
    recorded: str
    now: str

    def __str__(self) -> str:
        return f"{self.path} was {self.recorded} and is {self.now}"


def first_difference(recorded: str, now: Decision) -> Difference | None:
    """Where a decision differs from its record, which is the JSON that was stored; None where the bytes are the same.

    A field the record is too old to have counts as being at its default: that is what it was.
    """
    if recorded == (again := now.model_dump_json()):
        return None
    written = Decision.model_validate_json(recorded).model_dump_json()
    return next(_differences(json.loads(written), json.loads(again), ""), None)


def _differences(recorded: Any, now: Any, path: str) -> Iterator[Difference]:
    if isinstance(recorded, dict) and isinstance(now, dict):
        for name in dict.fromkeys((*recorded, *now)):
            yield from _differences(recorded.get(name), now.get(name), f"{path}.{name}".lstrip("."))
    elif isinstance(recorded, list) and isinstance(now, list) and len(recorded) == len(now):
        for index, pair in enumerate(zip(recorded, now, strict=True)):
            yield from _differences(*pair, f"{path}[{index}]")
    elif recorded != now:
        yield Difference(path=path, recorded=_words(recorded), now=_words(now))


def _words(value: Any) -> str:
    """A value short enough to be read in a line."""
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = "nothing" if value in (None, "", {}) else value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 120 else f"{text[:117]}…"
