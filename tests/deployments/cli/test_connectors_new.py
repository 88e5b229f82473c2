"""`orderflow connectors new carrier NAME` on a clean clone: one command, one carrier more, and all is green."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conventions.repository import ROOT, tracked_files

from deployments.scaffold.carrier import LONGEST_NAME, NameRefused, check_name, drafts

NAME = "parcel_post"
CONTRACTS = ("test_carriers", "test_carrier_tracking", "test_carrier_customs_and_formats", "test_every_connector")
PROMISES = {
    "test_buying_twice_buys_once_where_the_carrier_promises_it",
    "test_a_purchase_of_unknown_outcome_is_found_afterwards",
    "test_too_many_requests_wait_as_long_as_told",
    "test_an_address_nobody_delivers_to_is_refused_as_one",
    "test_every_stage_of_the_way_is_told_in_our_words",
    "test_what_customs_miss_is_named_before_anything_is_bought",
    "test_every_connector_can_be_built_by_its_row",
    "test_every_connector_has_its_simulator",
    "test_a_purchase_with_a_wrong_key_sells_nothing",
    "test_the_page_of_connectors_is_what_the_command_prints_today",
}


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what git keeps, with the carrier begun in it by the command."""
    folder = tmp_path_factory.mktemp("clone")
    for path in tracked_files():
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    done = inside(folder, sys.executable, "-m", "deployments.cli.main", "connectors", "new", "carrier", NAME)
    assert done.returncode == 0, done.stderr
    inside(folder, "git", "init", "--quiet")
    inside(folder, "git", "add", "--all")
    return folder


def inside(folder: Path, *command: str, told: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, input=told, capture_output=True, text=True, check=False)


@pytest.mark.requirement("OF-53")
def test_the_new_carrier_keeps_every_promise_of_carriers(clone: Path) -> None:
    """The tests of the clone run against the clone's own code; those of its page and of stand-ins are among them."""
    contracts = [f"tests/contracts/{name}.py" for name in (*CONTRACTS, f"test_carrier_{NAME}")]
    files = [*contracts, "tests/conventions/test_simulators.py", "tests/deployments/cli/test_connectors.py"]
    wanted = f"{NAME} or page or has_its_simulator"
    done = inside(clone, sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", *files, "-k", wanted)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    kept = {line.split("::")[1].split("[")[0] for line in done.stdout.splitlines() if line.startswith("PASSED")}
    assert kept >= PROMISES
    assert "SKIPPED" not in done.stdout


def test_the_types_of_what_is_written_are_right(clone: Path) -> None:
    written = [f"connectors/carriers/{NAME}.py", f"deployments/sandbox/{NAME}.py"]
    ty = str(Path(sys.executable).parent / "ty")
    done = inside(clone, ty, "check", "--no-progress", "--python", sys.prefix, *written)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["dpd", "a" * LONGEST_NAME, "royal_mail_of_the_north_2026_x"])
def test_what_is_written_is_clean_for_short_and_long_names(tmp_path: Path, name: str) -> None:
    ruff = str(Path(sys.executable).parent / "ruff")
    for draft in drafts(name, tmp_path):
        as_if_here = ["--no-cache", "--stdin-filename", str(draft.path.relative_to(tmp_path)), "-"]
        for check in (["check"], ["format", "--check"]):
            done = inside(ROOT, ruff, *check, *as_if_here, told=draft.content)
            assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("ParcelPost", "try parcel_post"),
        ("parcel-post", "try parcel_post"),
        ("2day", "try day"),
        ("../../etc/passwd", "try etc_passwd"),
        ("a" * (LONGEST_NAME + 1), f"at most {LONGEST_NAME}"),
        ("", "a name is small letters"),
        ("class", "try class_post"),
        ("json", "try json_post"),
        ("usps", "choose another name"),
        ("shopify", "choose another name"),
        ("books", "try books_post"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_one_that_can(name: str, remedy: str) -> None:
    with pytest.raises(NameRefused) as refusal:
        check_name(name)
    assert remedy in str(refusal.value)


def test_files_that_are_there_are_never_written_over(tmp_path: Path) -> None:
    there = tmp_path / "deployments/sandbox/parcel_post.py"
    there.parent.mkdir(parents=True)
    there.write_text("mine")
    with pytest.raises(FileExistsError, match=r"sandbox/parcel_post\.py is there already"):
        drafts(NAME, tmp_path)
    assert there.read_text() == "mine"
