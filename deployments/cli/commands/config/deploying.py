"""`orderflow config deploy`, `draft` and `activate`: how a version comes to be in force.

1. Examples of its rules that fail keep it out.
2. What it changes in the active version is shown, and a person is asked; --yes answers for one who is not there.
3. With --verify its smoke orders are decided by it once it is active; if one goes wrong, the version before returns.
"""

from typing import Annotated, Any

import typer

from connectors.database import policy
from connectors.database.session import Database
from deployments.cli.access import actor, current_home, open_database
from deployments.cli.commands.config.agreeing import agreed_changes, listed
from deployments.cli.commands.config.validating import (
    ConfigFile,
    read_configuration,
    read_json,
    refuse_or_pass,
)
from deployments.cli.commands.config.version_names import VersionName, found_version
from deployments.cli.output import AsJson, CommandFailed, show
from deployments.first_steps import (
    CONFIGURATION,
    activate_configuration,
    deployed_configuration,
    store_configuration,
)
from deployments.versions.smoke_test import SmokeResult, smoke_test
from orderflow.configuration.changes import changes_between

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether the changes are meant.")]
Verify = Annotated[
    bool, typer.Option("--verify", help="Decide smoke orders by it; return to the version before if one fails.")
]


def deploy(file: ConfigFile = None, yes: Yes = False, verify: Verify = False, as_json: AsJson = False) -> None:
    """Makes the file's configuration the active one, as a new version; the next shift works with it."""
    home = current_home()
    path = file or home.configuration()
    document = read_json(path)
    with open_database(home) as database:
        configuration, warnings = read_configuration(path, document, as_json=as_json)
        refuse_or_pass(path, configuration, as_json=as_json)
        changes = agreed_changes(home, database, configuration, yes=yes, as_json=as_json)
        stored = store_configuration(database, document)
        answer = {"version": stored.hash, "is_new": stored.is_new, "warnings": list(warnings)}
        lines = [f"warning: {warning}" for warning in warnings]
        known = "" if stored.is_new else " (known before, active again)"
        answer |= _put_in_force(database, stored.hash, changes, verify=verify)
    show(answer, "\n".join([f"Active: version {stored.hash[:12]}{known}", *lines, *_verified(answer)]), as_json=as_json)


def draft(file: ConfigFile = None, as_json: AsJson = False) -> None:
    """Stores the file's configuration as a version without putting it in force; `config activate` does that."""
    home = current_home()
    path = file or home.configuration()
    document = read_json(path)
    with open_database(home) as database:
        configuration, warnings = read_configuration(path, document, as_json=as_json)
        refuse_or_pass(path, configuration, as_json=as_json)
        stored = store_configuration(database, document)
        active = deployed_configuration(database)
        changes = changes_between(active[1], configuration).sentences if active else ()
    answer = {"version": stored.hash, "is_new": stored.is_new, "warnings": list(warnings), "changes": list(changes)}
    lines = [f"Draft: version {stored.hash[:12]}, not active", *listed(changes)]
    show(answer, "\n".join([*lines, *(f"warning: {warning}" for warning in warnings)]), as_json=as_json)


def activate(version: VersionName, yes: Yes = False, verify: Verify = False, as_json: AsJson = False) -> None:
    """Puts a stored version in force: a draft, or one that was active before."""
    home = current_home()
    with open_database(home) as database:
        chosen = found_version(database, version)
        configuration = chosen.configuration
        refuse_or_pass(f"version {chosen.hash[:12]}", configuration, as_json=as_json)
        changes = agreed_changes(home, database, configuration, yes=yes, as_json=as_json)
        answer = {"version": chosen.hash} | _put_in_force(database, chosen.hash, changes, verify=verify)
    show(answer, "\n".join([f"Active: version {chosen.hash[:12]}", *_verified(answer)]), as_json=as_json)


def _put_in_force(database: Database, name: str, changes: tuple[str, ...], *, verify: bool) -> dict[str, Any]:
    """Activates the version; where its smoke test fails, activates the one before again and raises CommandFailed."""
    before = _active_name(database)
    activate_configuration(database, name, actor=actor())
    answer: dict[str, Any] = {"changes": list(changes)}
    if not verify:
        return answer
    active = deployed_configuration(database)
    results = smoke_test(active[1]) if active else []
    if failed := [one for one in results if one.problem]:
        raise CommandFailed(_taken_back(database, before, failed))
    return answer | {"verified_orders": len(results)}


def _taken_back(database: Database, before: str, failed: list[SmokeResult]) -> str:
    said = "\n".join(f"  {one.order}: {one.problem}" for one in failed)
    if before:
        activate_configuration(database, before, actor=actor())
    now = f"version {before[:12]} is active again" if before else "it stays active, as none was before it"
    return f"the version failed its smoke test, {now}:\n{said}"


def _active_name(database: Database) -> str:
    """The name of the active version; "" before the first."""
    with database.read() as conn:
        version = policy.active(conn, CONFIGURATION)
    return version.hash if version else ""


def _verified(answer: dict[str, Any]) -> list[str]:
    count = answer.get("verified_orders")
    return [f"Verified: {count} orders were decided by it as they should be."] if count else []
