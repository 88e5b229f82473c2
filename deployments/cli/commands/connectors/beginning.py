"""`orderflow connectors new`: the files one more connector begins with, in a checkout of this repository."""

import importlib
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from connectors.registry import connectors_of
from deployments.cli.commands.connectors.reference import page_in, rewritten
from deployments.cli.output import AsJson, AskedWrongly, CommandFailed, show
from deployments.scaffold.carrier import NameRefused, check_name, drafts


class Kind(StrEnum):
    """What can be begun from a template."""

    CARRIER = "carrier"


KindOf = Annotated[Kind, typer.Argument(metavar="KIND", help="What it is: carrier.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help='Small letters, digits and underscores: "parcel_post".')]


def new(kind: KindOf, name: Name, as_json: AsJson = False) -> None:
    """Writes a connector that works, its stand-in with books of its own, and its contract tests."""
    root = _checkout()
    written = _written(name, root)
    places = [str(path.relative_to(root)) for path in written]
    lines = [
        *(f"Wrote {place}" for place in places),
        "",
        "Next:",
        f"  1. pytest tests/contracts -k {name}     green already, against the stand-in",
        f"  2. change the paths and fields in {places[0]} and {places[1]} to those of the real service",
        f"  3. orderflow auth {name}, and name it in fulfillment.label_providers",
        f"  4. orderflow connectors check {name}",
    ]
    show({"kind": kind, "code": name, "files": places}, "\n".join(lines), as_json=as_json)


def _written(name: str, root: Path) -> list[Path]:
    try:
        check_name(name)
        files = drafts(name, root)
    except (NameRefused, FileExistsError) as error:
        raise AskedWrongly(str(error)) from None
    for draft in files:
        draft.path.write_text(draft.content, encoding="utf-8")
    return [*(draft.path for draft in files), *_documented(root)]


def _documented(root: Path) -> list[Path]:
    """The reference of connectors, made anew with the one that was just written."""
    importlib.invalidate_caches()
    connectors_of.cache_clear()
    page = page_in(root)
    page.write_text(rewritten(page.read_text(encoding="utf-8")), encoding="utf-8")
    return [page]


def _checkout() -> Path:
    """The checkout this program runs from. Raises CommandFailed for an installed package, which has no tests."""
    root = Path(__file__).resolve().parents[4]
    if not (root / "pyproject.toml").is_file() or not (root / "tests" / "contracts").is_dir():
        raise CommandFailed("connectors are added to a checkout: clone the repository and run the command in it")
    return root
