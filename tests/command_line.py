"""The `orderflow` command in a folder of its own."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deployments.cli.main import main
from deployments.home import Home

SERVICES = ("SHOPIFY_", "WOOCOMMERCE_", "WAREHOUSE_", "SLACK_", "SENDGRID_", "TWILIO_", "SHIPSTATION_", "SHIPPO_")
SETTINGS = ("ORDERFLOW_", "PREFECT_", *SERVICES)


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Path]:
    """An empty current folder; no setting of this machine is seen, and none is left behind.

    It asks for no monkeypatch: what a test sets must be undone before the environment is put back, not after.
    """
    before = dict(os.environ)
    for name in before:
        if name.startswith(
            ("ORDERFLOW_", "SHOPIFY_", "WAREHOUSE_", "SLACK_", "SENDGRID_", "TWILIO_", "SHIP", "PREFECT_")
        ):
            del os.environ[name]
    with chdir(tmp_path):
        yield tmp_path
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def run(here: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Runs one command as a person would."""

    def run(*arguments: str) -> Ended:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        out, err = capsys.readouterr()
        return Ended(int(ended.value.code or 0), out, err)

    return run


@pytest.fixture
def home(run: Callable[..., Ended]) -> Home:
    """An installation that was begun and has its starter configuration deployed."""
    assert run("init").code == 0
    assert run("config:deploy").code == 0
    return Home.from_environment()
