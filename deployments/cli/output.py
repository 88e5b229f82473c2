"""What a command says: a table for people, JSON for machines, and an exit code that means something.

0  done, and nothing is wrong
1  something is wrong: a problem was found, or what was asked could not be done
2  asked wrongly: an unknown option, a file that is not there, an order nobody knows
"""

import json
import sys
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console, RenderableType
from rich.markup import escape
from rich.table import Table


class ExitCode(IntEnum):
    """How a command ends; see the module's docstring."""

    OK = 0
    PROBLEM = 1
    USAGE = 2


class CommandFailed(Exception):
    """What was asked could not be done; the message says why and what would help."""

    exit_code = ExitCode.PROBLEM


class AskedWrongly(CommandFailed):
    """The question itself is wrong: a missing file, an unknown order."""

    exit_code = ExitCode.USAGE


WIDE = 200

AsJson = Annotated[bool, typer.Option("--json", help="Answer with one JSON document.")]

# Without a terminal there is no width to keep to, and a cut line is of no use to whoever reads the output.
console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
error_console = Console(stderr=True, highlight=False, soft_wrap=True)


def show(document: Any, *readable: RenderableType, as_json: bool) -> None:
    """Prints the document for machines, or the readable form of it for people."""
    if as_json:
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n")
        return
    for part in readable:
        console.print(part, soft_wrap=isinstance(part, str))


def table(columns: Sequence[str], rows: Iterable[Iterable[Any]], *, title: str | None = None) -> Table:
    """A table of plain text; None is shown as a dash."""
    built = Table(*columns, title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for row in rows:
        built.add_row(*("—" if cell is None or cell == "" else escape(str(cell)) for cell in row))
    return built


def fail(error: Exception) -> NoReturn:
    """Ends the command with the error's message on standard error."""
    error_console.print(f"[bold red]error:[/] {escape(str(error))}")
    sys.exit(getattr(error, "exit_code", ExitCode.PROBLEM))
