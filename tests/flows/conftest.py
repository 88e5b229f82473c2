"""A real Prefect server, and a shop that talks to a running sandbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.testing.utilities import prefect_test_harness
from shop_floor import RunningSandbox, connector_variables, installed, running_sandbox

from connectors.installation import Installation


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(
    prefect_server: None, shared_sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[RunningSandbox]:
    folders = {
        "ORDERFLOW_HOME": str(tmp_path),
        "ORDERFLOW_REPORT_FOLDER": str(tmp_path / "reports"),
        "ORDER_FILE_FOLDER": str(tmp_path / "orders"),
    }
    for name, value in (connector_variables(shared_sandbox.address) | folders).items():
        monkeypatch.setenv(name, value)
    shared_sandbox.behave()
    yield shared_sandbox
    shared_sandbox.behave()


@pytest.fixture
def installation(sandbox: RunningSandbox, tmp_path: Path) -> Installation:
    return installed(tmp_path)
