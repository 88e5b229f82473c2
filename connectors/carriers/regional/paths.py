"""Where in a JSON document a fact stands."""

from typing import Any


def pick(document: Any, path: str) -> Any:
    """What stands at the path ("labels.0.url"); "" where nothing does, or where there is no path."""
    found: Any = document if path else ""
    for step in path.split(".") if path else ():
        try:
            found = found[int(step)] if isinstance(found, list) else found[step]
        except (KeyError, IndexError, TypeError, ValueError):
            return ""
    return "" if found is None else found
