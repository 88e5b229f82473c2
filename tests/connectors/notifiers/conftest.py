"""The sandbox on a real socket, fresh for every test."""

import pytest
from sandbox_server import RunningSandbox, running_sandbox

from connectors import registry


@pytest.fixture(scope="module")
def server():
    """One server for all tests of a file."""
    with running_sandbox() as running:
        yield running


@pytest.fixture
def sandbox(server: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> RunningSandbox:
    """The server with empty books and no faults, and no setting of this machine in the environment."""
    server.forget()
    for folder in ("notifiers", "report_sinks"):
        for connector in registry.connectors_of(folder).values():
            for variable in connector.Settings.variables():
                monkeypatch.delenv(variable, raising=False)
    return server
