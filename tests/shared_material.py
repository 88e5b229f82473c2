"""Where the vendors' specifications and recordings lie, which are not part of this repository."""

import os
from pathlib import Path

import pytest

BESIDE_THE_REPOSITORY = Path(__file__).resolve().parents[2] / "shared"


def shared_path(relative: str) -> Path:
    """The file, or a skip that says how to have it."""
    path = Path(os.environ.get("ORDERFLOW_SHARED", BESIDE_THE_REPOSITORY)) / relative
    if not path.exists():
        pytest.skip(f"{relative} is not here: set ORDERFLOW_SHARED to the folder of specifications and recordings")
    return path
