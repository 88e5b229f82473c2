"""`orderflow doctor`: whether all is well, and what to do where it is not."""

import dataclasses

import typer

from deployments.cli.access import current_home
from deployments.cli.output import AsJson, ExitCode, console, show, table
from deployments.doctor.check import Verdict

SIGNS = {Verdict.OK: "✓", Verdict.WARNING: "!", Verdict.PROBLEM: "✗"}


def doctor(as_json: AsJson = False) -> None:
    """Looks at disk, key, database, configuration, credentials and Prefect; exit 1 where orders cannot flow."""
    from deployments.doctor.installation_checks import installation_checks
    from deployments.doctor.prefect_checks import prefect_checks

    home = current_home()
    with console.status("looking …"):
        checks = [*installation_checks(home), *prefect_checks(home)]
    rows = [(SIGNS[check.verdict], check.name, check.found, check.remedy) for check in checks]
    show([dataclasses.asdict(check) for check in checks], table(("", "what", "found", "remedy"), rows), as_json=as_json)
    if any(check.verdict is Verdict.PROBLEM for check in checks):
        raise typer.Exit(ExitCode.PROBLEM)
