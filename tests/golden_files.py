"""Texts that people have read and found right, one file each, under tests/golden."""

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def assert_golden(name: str, text: str) -> None:
    """Fails unless the text is the file's. With ORDERFLOW_WRITE_GOLDEN=1 it is written instead: read the diff."""
    path = FOLDER / name
    if os.environ.get("ORDERFLOW_WRITE_GOLDEN") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
