"""A shop that talks to a running sandbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from shop_floor import RunningSandbox, connector_variables, running_sandbox


@pytest.fixture(scope="session")
def shared_sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(
    shared_sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[RunningSandbox]:
    folders = {"ORDERFLOW_REPORT_FOLDER": str(tmp_path / "reports"), "ORDER_FILE_FOLDER": str(tmp_path / "orders")}
    for name, value in (connector_variables(shared_sandbox.address) | folders).items():
        monkeypatch.setenv(name, value)
    shared_sandbox.behave()
    yield shared_sandbox
    shared_sandbox.behave()
