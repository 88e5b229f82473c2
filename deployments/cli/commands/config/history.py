"""`orderflow config versions`, `diff` and `rollback`; `orderflow rules …` knows them too."""

from typing import Annotated, Any

import typer

from deployments.cli.access import actor, current_home, moment, open_database
from deployments.cli.commands.config.version_names import found_version
from deployments.cli.output import AsJson, CommandFailed, show, table
from deployments.first_steps import activate_configuration
from deployments.versions.history import NoSuchVersion, Version, version_before, versions_of
from orderflow.configuration.changes import changes_between

Older = Annotated[str, typer.Argument(metavar="A", help="The version to compare from, by the beginning of its hash.")]
Newer = Annotated[str, typer.Argument(metavar="B", help="The version to compare to.")]
Earlier = Annotated[str | None, typer.Argument(metavar="VERSION", help="By default the one that was active before.")]


def versions(
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")] = 20, as_json: AsJson = False
) -> None:
    """The versions of the configuration: which is active, since when and by whom; drafts too."""
    with open_database(current_home()) as database, database.read() as conn:
        listed = [_line(version) for version in versions_of(conn)[:limit]]
    rows = [[row["state"], *(row[name][:12] for name in ("version", "rules", "policy")), *_when(row)] for row in listed]
    columns = ("", "version", "rules", "policy", "stored", "last activated", "by")
    show(listed, table(columns, rows), as_json=as_json)


def diff(older: Older, newer: Newer, as_json: AsJson = False) -> None:
    """What is different from one version to another, in words."""
    with open_database(current_home()) as database:
        a, b = found_version(database, older), found_version(database, newer)
    changes = changes_between(a.configuration, b.configuration)
    document = {"from": a.hash, "to": b.hash, **changes.model_dump(mode="json")}
    title = f"From version {a.hash[:12]} to {b.hash[:12]}:"
    lines = [f"  · {sentence}" for sentence in changes.sentences] or ["  nothing is different"]
    show(document, "\n".join([title, *lines]), as_json=as_json)


def rollback(version: Earlier = None, as_json: AsJson = False) -> None:
    """Returns to a version that was active before, at once; by default to the last one."""
    with open_database(current_home()) as database:
        with database.read() as conn:
            stored = versions_of(conn)
            try:
                name = version or version_before(conn)
            except NoSuchVersion as error:
                raise CommandFailed(str(error)) from None
        chosen = found_version(database, name)
        if chosen.activated_at_ms is None:
            raise CommandFailed(f"version {chosen.hash[:12]} was never active: put it in force by `config activate`")
        active = next((one for one in stored if one.is_active), None)
        activate_configuration(database, chosen.hash, actor=actor())
    changes = changes_between(active.configuration, chosen.configuration).sentences if active else ()
    document = {"version": chosen.hash, "changes": list(changes)}
    lines = [f"Active again: version {chosen.hash[:12]}", *(f"  · {change}" for change in changes)]
    show(document, "\n".join(lines), as_json=as_json)


def _line(version: Version) -> dict[str, Any]:
    state = "active" if version.is_active else "before" if version.activated_at_ms else "draft"
    return {
        "state": state,
        "version": version.hash,
        "rules": version.rule_set_hash,
        "policy": version.policy_hash,
        "stored_at": moment(version.created_at_ms),
        "activated_at": moment(version.activated_at_ms),
        "actor": version.actor,
    }


def _when(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["stored_at"], row["activated_at"], row["actor"]
