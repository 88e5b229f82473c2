"""Label files on the disk."""

from collections.abc import Iterable
from pathlib import Path


def delete_files(paths: Iterable[str]) -> None:
    """Deletes label files; one that is gone already is none the worse."""
    for path in paths:
        Path(path).unlink(missing_ok=True)
