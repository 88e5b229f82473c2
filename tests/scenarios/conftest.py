"""A shop floor for each test, and one sandbox for all."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from scenarios.floor import Opener, ShopFloor, open_floor
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


@pytest.fixture
def opener(sandbox: RunningSandbox, tmp_path: Path) -> Iterator[Opener]:
    """Opens shops whose configuration differs from the demonstration's; each is closed at the end."""
    opened: list[ShopFloor] = []

    def open_one(engine: str = "sqlite", **changes: object) -> ShopFloor:
        folder = tmp_path / f"shop-{len(opened)}"
        folder.mkdir()
        opened.append(open_floor(sandbox, folder, engine, **changes))
        return opened[-1]

    yield open_one
    for floor in opened:
        floor.close()


@pytest.fixture
def floor(opener: Opener) -> ShopFloor:
    """A shop of the demonstration's configuration with fifty units of everything everywhere."""
    opened = opener()
    opened.stock(50)
    return opened
