"""The files of this repository, for the checks of its conventions."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RINGS = ("orderflow", "connectors", "tasks", "flows", "deployments")


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file git keeps, that is still there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


@cache
def python_files(*folders: str) -> tuple[Path, ...]:
    """The tracked Python files under these folders."""
    roots = tuple(ROOT / folder for folder in folders)
    return tuple(p for p in tracked_files() if p.suffix == ".py" and any(p.is_relative_to(root) for root in roots))


@cache
def parsed(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of the file, methods and inner ones too."""
    return [node for node in ast.walk(parsed(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def name_of(path: Path) -> str:
    """How a failure calls the file."""
    return str(path.relative_to(ROOT))
