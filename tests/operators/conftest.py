"""A person at the command line of a shop at work."""

from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Ended, here, run
from scenarios.conftest import opener, sandbox, shared_sandbox

__all__ = ["here", "opener", "operate", "run", "sandbox", "shared_sandbox"]


@pytest.fixture
def operate(
    run: Callable[..., Ended], opener: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ended]:
    """Runs commands in the first shop that was opened."""
    monkeypatch.setenv("ORDERFLOW_HOME", str(tmp_path / "shop-0"))
    return run
