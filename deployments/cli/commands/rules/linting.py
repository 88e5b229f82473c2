"""`orderflow rules lint`: what is probably wrong with the rules."""

from typing import Annotated

import typer

from deployments.cli.access import current_home, open_database
from deployments.cli.commands.rules.source import RulesFile, configuration_of
from deployments.cli.output import AsJson, AskedWrongly, ExitCode, show, table
from deployments.versions.firing import firing_of
from orderflow.configuration.lane_findings import lane_findings
from orderflow.rules.lint import Firing, LintFinding, never_fired, order_without_a_rule
from orderflow.rules.lint import lint as findings_of

Days = Annotated[int | None, typer.Option(min=1, help="Also find rules no order met in so many days.")]
EveryOrder = Annotated[
    bool, typer.Option("--every-order", help="Every order should meet a rule: find one that does not.")
]


def lint(file: RulesFile = None, days: Days = None, every_order: EveryOrder = False, as_json: AsJson = False) -> None:
    """Finds rules that cannot matter, values that fall between rules, lanes without a way out; exit 1 if any."""
    if file is not None and days is not None:
        raise AskedWrongly("--days is about the active rules: leave out the file")
    configuration = configuration_of(file, as_json=as_json)
    rules = configuration.rule_set()
    findings = [*findings_of(rules, every_order=every_order), *lane_findings(configuration.lanes)]
    notes = [] if every_order else _notes(order_without_a_rule(rules))
    if days is not None:
        firing = _firing(days)
        findings += never_fired(rules, firing)
        notes.append(f"{firing.decisions:,} decisions of {days} days; {len(firing.judged)} rules in force all of them")
    _show(findings, notes, as_json=as_json)
    if findings:
        raise typer.Exit(ExitCode.PROBLEM)


def _firing(days: int) -> Firing:
    with open_database(current_home()) as database, database.read() as conn:
        return firing_of(conn, days)


def _notes(unmatched: str | None) -> list[str]:
    said = f"Orders that meet no rule are routed by the policy: {unmatched}."
    return [said] if unmatched else []


def _show(findings: list[LintFinding], notes: list[str], *, as_json: bool) -> None:
    document = {"findings": [one.model_dump(mode="json") for one in findings], "notes": notes}
    rows = [(", ".join(one.rule_ids), one.code, one.message, one.example, one.remedy) for one in findings]
    columns = ("rules", "kind", "what is wrong", "example", "remedy")
    listed = table(columns, rows, title=f"{len(rows)} findings") if rows else "Nothing to say against these rules."
    show(document, listed, *notes, as_json=as_json)
