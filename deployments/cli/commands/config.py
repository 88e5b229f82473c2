"""`orderflow config …`: check and deploy the configuration."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from deployments.cli.access import actor, current_home, open_database
from deployments.cli.output import AsJson, AskedWrongly, CommandFailed, ExitCode, show, table
from deployments.first_steps import deploy_configuration
from orderflow.configuration import ConfigurationError, load_configuration

ConfigFile = Annotated[Path | None, typer.Argument(metavar="FILE", help="By default ./orderflow-config.json.")]

group = typer.Typer(help="Check and deploy the configuration.", no_args_is_help=True)


@group.command()
def validate(file: ConfigFile = None, as_json: AsJson = False) -> None:
    """Says everything that is wrong with the file, with its path and what was expected; exit 1 if anything is."""
    path = file or current_home().configuration()
    try:
        _, warnings = load_configuration(read_json(path))
    except ConfigurationError as error:
        _show_problems(path, error, as_json=as_json)
        raise typer.Exit(ExitCode.PROBLEM) from None
    lines = [f"{path} is valid.", *(f"warning: {warning}" for warning in warnings)]
    document = {"file": str(path), "valid": True, "problems": [], "warnings": list(warnings)}
    show(document, "\n".join(lines), as_json=as_json)


@group.command()
def deploy(file: ConfigFile = None, as_json: AsJson = False) -> None:
    """Makes the file's configuration the active one, as a new version; the next shift works with it."""
    home = current_home()
    path = file or home.configuration()
    document = read_json(path)
    with open_database(home) as database:
        try:
            deployed = deploy_configuration(database, document, actor=actor())
        except ConfigurationError as error:
            _show_problems(path, error, as_json=as_json)
            raise typer.Exit(ExitCode.PROBLEM) from None
    known = "" if deployed.is_new else " (known before, active again)"
    lines = [f"Active: version {deployed.hash[:12]}{known}", *(f"warning: {warning}" for warning in deployed.warnings)]
    answer = {"version": deployed.hash, "is_new": deployed.is_new, "warnings": list(deployed.warnings)}
    show(answer, "\n".join(lines), as_json=as_json)


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


def _show_problems(path: Path, error: ConfigurationError, *, as_json: bool) -> None:
    problems = [problem.model_dump() for problem in error.problems]
    rows = [(problem.path, problem.message, problem.remedy) for problem in error.problems]
    title = f"{path}: {len(rows)} problem{'s' if len(rows) > 1 else ''}"
    document = {"file": str(path), "valid": False, "problems": problems, "warnings": []}
    show(document, table(("where", "what is wrong", "remedy"), rows, title=title), as_json=as_json)
