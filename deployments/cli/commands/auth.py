"""`orderflow auth SERVICE`: credentials, stored encrypted under the names of their environment variables.

There is one command per connector that needs any, made from its Settings; its options are the variables without the
service's name: SHOPIFY_API_KEY is --api-key.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import typer

from connectors.catalogue import catalogue
from connectors.database import credentials
from deployments.cli.access import current_home, open_database
from deployments.cli.output import AsJson, AskedWrongly, show

# Settings of the installation itself, which connectors only read.
OURS = "ORDERFLOW_"


@dataclass(frozen=True)
class Service:
    """A service somebody has an account at. `needed` are the variables it cannot do without."""

    name: str
    variables: tuple[str, ...]
    needed: tuple[str, ...]


def services() -> list[Service]:
    """Every service that takes credentials, in name order; folders and tables have no account behind them."""
    found: dict[str, Service] = {}
    for entry in catalogue():
        variables = [variable for variable in entry.variables if not variable.name.startswith(OURS)]
        if any(variable.is_secret for variable in variables):
            needed = tuple(variable.name for variable in variables if variable.is_required)
            found[entry.code] = Service(entry.code, tuple(variable.name for variable in variables), needed)
    return [found[name] for name in sorted(found)]


def auth_commands() -> typer.Typer:
    """The command group, one command per service."""
    group = typer.Typer(help="Store credentials of a service, encrypted.", no_args_is_help=True)
    for service in services():
        group.command(service.name, help=f"Store credentials of {service.name}; asks for them where none are given.")(
            _command(service)
        )
    return group


def option_names(service: Service, variable: str) -> list[str]:
    """How the variable is called on the command line; the short form leaves "api" and "url" out where it stays unique.

    >>> option_names(Service("slack", ("SLACK_WEBHOOK_URL",), ()), "SLACK_WEBHOOK_URL")
    ['--webhook-url', '--webhook']
    """
    words = {name: _words(service, name) for name in service.variables}
    full, short = words[variable], _short(words[variable])
    taken = sum(short in {_short(other), other} for other in words.values())
    names = [full, short] if short and short != full and taken == 1 else [full]
    return [f"--{name}" for name in names]


def store(service: Service, given: Mapping[str, str], as_json: bool) -> None:
    """Stores what was given, or what a person types unseen where nothing was; never shows a value."""
    entered = dict(given) or _ask(service)
    if not entered:
        raise AskedWrongly(f"nothing to store: give one of {', '.join(option_names(service, service.variables[0]))} …")
    home = current_home()
    vault = home.vault()
    with open_database(home) as database, database.write() as conn:
        for variable, secret in entered.items():
            credentials.store_credential(conn, vault, variable, secret)
        known = set(credentials.stored_credentials(conn, vault))
    missing = [name for name in service.needed if name not in known]
    document = {"service": service.name, "stored": sorted(entered), "missing": missing}
    show(document, *_report(service, entered, missing), as_json=as_json)


def _report(service: Service, entered: Mapping[str, str], missing: list[str]) -> list[str]:
    lines = [f"Stored encrypted: {', '.join(sorted(entered))}. A running `orderflow up` takes it up when restarted."]
    if missing:
        options = ", ".join(f"{option_names(service, name)[0]} ({name})" for name in missing)
        lines.append(f"Still missing: {options}")
    return lines


def _ask(service: Service) -> dict[str, str]:
    asked = service.needed or service.variables
    answers = {name: typer.prompt(name, hide_input=True, default="", show_default=False).strip() for name in asked}
    return {name: answer for name, answer in answers.items() if answer}


def _command(service: Service) -> Callable[..., None]:
    """A function with one optional text parameter per variable, which is what typer builds options from."""
    parameters = {variable.lower(): variable for variable in service.variables}

    def run(as_json: bool = False, **values: str | None) -> None:
        store(service, {parameters[name]: text for name, text in values.items() if text}, as_json)

    annotations = {
        name: Annotated[str | None, typer.Option(*option_names(service, variable), help=variable, show_default=False)]
        for name, variable in parameters.items()
    }
    keyword = partial(inspect.Parameter, kind=inspect.Parameter.KEYWORD_ONLY)
    options = [keyword(name, default=None, annotation=annotation) for name, annotation in annotations.items()]
    options.append(keyword("as_json", default=False, annotation=AsJson))
    setattr(run, "__signature__", inspect.Signature(options))  # noqa: B010 - what typer reads options from
    run.__annotations__ = {**annotations, "as_json": AsJson}
    return run


def _words(service: Service, variable: str) -> str:
    return variable.removeprefix(f"{service.name.upper()}_").lower().replace("_", "-")


def _short(words: str) -> str:
    return words.removeprefix("api-").removesuffix("-url")


group = auth_commands()
