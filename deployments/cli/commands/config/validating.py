"""`orderflow config validate`: everything that is wrong with a file."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from deployments.cli.access import current_home
from deployments.cli.output import AsJson, AskedWrongly, CommandFailed, ExitCode, show, table
from deployments.versions.refusals import refusals
from orderflow.configuration import Configuration, ConfigurationError, load_configuration
from orderflow.rules.problem import Problem

ConfigFile = Annotated[Path | None, typer.Argument(metavar="FILE", help="By default ./orderflow-config.json.")]


def validate(file: ConfigFile = None, as_json: AsJson = False) -> None:
    """Says everything that is wrong with the file, with its path and what was expected; exit 1 if anything is."""
    path = file or current_home().configuration()
    configuration, warnings = read_configuration(path, read_json(path), as_json=as_json)
    refuse_or_pass(path, configuration, as_json=as_json)
    lines = [f"{path} is valid.", *(f"warning: {warning}" for warning in warnings)]
    document = {"file": str(path), "valid": True, "problems": [], "warnings": list(warnings)}
    show(document, "\n".join(lines), as_json=as_json)


def read_json(path: Path) -> Any:
    """The document in the file. Raises AskedWrongly for a file that is not there, CommandFailed for broken JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, IsADirectoryError):
        raise AskedWrongly(f"there is no file {path}") from None
    except UnicodeDecodeError:
        raise CommandFailed(f"{path} is not text in UTF-8") from None
    except json.JSONDecodeError as error:
        raise CommandFailed(f"{path}, line {error.lineno}, column {error.colno}: {error.msg}") from None


def read_configuration(name: object, document: Any, *, as_json: bool) -> tuple[Configuration, tuple[str, ...]]:
    """The configuration in the document and its warnings; ends the command with every problem there is."""
    try:
        return load_configuration(document)
    except ConfigurationError as error:
        problems = error.problems
    _show_problems(name, problems, as_json=as_json)
    raise typer.Exit(ExitCode.PROBLEM)


def refuse_or_pass(name: object, configuration: Configuration, *, as_json: bool) -> None:
    """Ends the command with what keeps the configuration from being put in force, if anything does."""
    if problems := refusals(configuration):
        _show_problems(name, problems, as_json=as_json)
        raise typer.Exit(ExitCode.PROBLEM)


def _show_problems(name: object, problems: Sequence[Problem], *, as_json: bool) -> None:
    rows = [(problem.path, problem.message, problem.remedy) for problem in problems]
    title = f"{name}: {len(rows)} problem{'s' if len(rows) > 1 else ''}"
    listed = [problem.model_dump() for problem in problems]
    document = {"file": str(name), "valid": False, "problems": listed, "warnings": []}
    show(document, table(("where", "what is wrong", "remedy"), rows, title=title), as_json=as_json)
