"""What is installed is complete: everything the product reads comes along, and the command works from anywhere."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from conventions.repository import RINGS, ROOT, tracked_files


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A prefix with OrderFlow installed from a clean copy of what git keeps."""
    folder = tmp_path_factory.mktemp("installing")
    for path in tracked_files():
        copy = folder / "source" / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    # Without --ignore-installed pip would first remove the OrderFlow these tests run from.
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--ignore-installed"]
    command = [sys.executable, "-m", "pip", "install", *options, "--prefix", folder / "prefix", folder / "source"]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "prefix"


def _packages(prefix):
    return sysconfig.get_path("purelib", vars={"base": str(prefix), "platbase": str(prefix)})


def test_every_file_of_the_rings_is_installed(installed):
    missing = [
        name
        for path in tracked_files()
        if (name := str(path.relative_to(ROOT))).split("/")[0] in RINGS
        and not (Path(_packages(installed)) / name).exists()
    ]
    assert not missing
    assert (installed / "share" / "orderflow" / "prefect.yaml").exists()


@pytest.mark.requirement("OF-109")
def test_the_installed_command_begins_an_installation_anywhere(installed, tmp_path):
    kept = {name: text for name, text in os.environ.items() if not name.startswith("ORDERFLOW_")}
    environment = kept | {"PYTHONPATH": _packages(installed)}
    for arguments in (["init"], ["config:validate", "orderflow-config.json"], ["test", "--order-id", "test_12345"]):
        command = [installed / "bin" / "orderflow", *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "orderflow-config.json").exists()
    assert (tmp_path / ".orderflow" / "orderflow.db").exists()
