"""A new carrier: its connector, its stand-in and its contract tests, written from the templates beside this file."""

import keyword
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from connectors.registry import ALIASES, FOLDERS, connectors_of
from deployments.sandbox.app import CORE, simulator_names

TEMPLATES = Path(__file__).parent
# Every file of a new carrier, by the template it is written from.
FILES = {
    "carrier.py.jinja": "connectors/carriers/{name}.py",
    "stand_in.py.jinja": "deployments/sandbox/{name}.py",
    "contract_tests.py.jinja": "tests/contracts/test_carrier_{name}.py",
}
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST_NAME = 30


@dataclass(frozen=True)
class Draft:
    """One file that is to be written."""

    path: Path
    content: str


class NameRefused(ValueError):
    """A connector cannot be called that; the message says why, and what would do."""


def check_name(name: str) -> None:
    """Returns where a carrier can be called that. Raises NameRefused with a remedy."""
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise NameRefused(f"{name!r} is no name for a connector: {_like(name)}")
    if keyword.iskeyword(name) or name in sys.stdlib_module_names:
        raise NameRefused(f"{name} means something in Python: try {name}_post")
    taken = {code: folder for folder in FOLDERS for code in connectors_of(folder)} | dict.fromkeys(ALIASES, "channels")
    if name in taken:
        raise NameRefused(f"there is a {name} already, in connectors/{taken[name]}: choose another name")
    if name in CORE or name in simulator_names():
        raise NameRefused(f"the sandbox has a module {name} already: try {name}_post")


def drafts(name: str, root: Path) -> list[Draft]:
    """The files of a carrier of this name under a checkout. Raises FileExistsError where one is there already."""
    facts = {
        "name": name,
        "title": name.replace("_", " ").title(),
        "cls": name.title().replace("_", ""),
        "variable": name.upper(),
        "host": name.replace("_", "-"),
        "prefix": "".join(word[0] for word in name.split("_")).upper().ljust(2, "X"),
    }
    written = Environment(  # noqa: S701 - Python is written, no page
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, keep_trailing_newline=True
    )
    found = [
        Draft(root / place.format(name=name), written.get_template(template).render(facts))
        for template, place in FILES.items()
    ]
    if there := next((draft.path for draft in found if draft.path.exists()), None):
        raise FileExistsError(f"{there} is there already: remove it, or choose another name")
    return found


def _like(name: str) -> str:
    """What somebody who wrote this may have meant, or how a name looks."""
    plain = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()).strip("_0123456789")
    rule = f"a name is small letters, digits and single underscores, at most {LONGEST_NAME}"
    return f"try {plain}" if _NAME.fullmatch(plain) and len(plain) <= LONGEST_NAME else rule
