"""Where in a JSON document a fact stands: `$.items[0].sku`, `$['order no']`, `$.tags[*].name`.

A path begins at the document, `$`. A step is a name (`.name`, or `['any name']`), a position counted from 0 (`[0]`), or
all members of a list or object (`[*]`), after which what is found is a list. There are no filters and no expressions:
nothing of a path is ever run.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from connectors.errors import Refused

ALL = object()
_STEP = re.compile(r"""\.([\w-]+)|\[(\d+)\]|\[\*\]|\['([^']*)'\]|\["([^"]*)"\]""")

Step = str | int | object


@lru_cache(maxsize=1024)
def steps_of(path: str) -> tuple[Step, ...]:
    """The steps of a path. Raises ValueError with the place where it cannot be understood."""
    text = path if path.startswith("$") else f"$.{path}"
    position, steps = 1, []
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise ValueError(
                f"{path!r} cannot be understood from {text[position:]!r} on: steps are .name, ['a name'], [0] or [*]"
            )
        steps.append(_step(match))
        position = match.end()
    return tuple(steps)


def pick(document: Any, path: str) -> Any:
    """What stands at the path; None where nothing does. After [*] a list, without what is missing in it."""
    return _picked(document, steps_of(path))


def pick_list(document: Any, path: str) -> list[Any]:
    """The list at the path. Raises Refused where there is something else."""
    found = pick(document, path)
    if not isinstance(found, list):
        raise Refused(f"expected a list at {path}", field=path, code="not_described")
    return found


def _step(match: re.Match[str]) -> Step:
    name, position, quoted, double = match.groups()
    if position is not None:
        return int(position)
    named = next((each for each in (name, quoted, double) if each is not None), None)
    return ALL if named is None else named


def _picked(found: Any, steps: Sequence[Step]) -> Any:
    for index, step in enumerate(steps):
        if step is ALL:
            members = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
            picked = (_picked(member, steps[index + 1 :]) for member in members)
            return [each for each in picked if each is not None]
        found = _one_step(found, step)
        if found is None:
            return None
    return found


def _one_step(found: Any, step: Step) -> Any:
    if isinstance(step, int):
        return found[step] if isinstance(found, list) and step < len(found) else None
    return found.get(step) if isinstance(found, dict) else None
