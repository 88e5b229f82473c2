"""The lock is complete and names no address, so anybody's package index serves it."""

import re
import tomllib

from conventions.repository import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINS = re.split(r"\n(?=\S)", LOCK.strip())


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_locked_package_is_pinned_and_has_hashes():
    well_pinned = re.compile(r"^[\w.\-\[\], ]+==\S+.*--hash=sha256:", re.DOTALL)
    loose = [pin.splitlines()[0] for pin in PINS if not well_pinned.match(pin)]
    assert not loose


def test_the_lock_names_no_address_and_no_path():
    assert not re.search(r"https?://|file:|--(extra-)?index-url|--find-links|# via", LOCK)


def test_the_lock_covers_everything_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    locked = {_normal(re.split(r"==|\[", pin)[0]) for pin in PINS}
    assert not {name for line in asked if (name := _normal(re.match(r"[\w.\-]+", line).group())) not in locked}
