"""`orderflow connectors check`: one harmless call to every service, with the credentials there are."""

import asyncio
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from connectors import registry
from connectors.errors import ConnectorError, NotConfigured, OutcomeUnknown, Refused, TryAgain
from connectors.logs import HIDDEN, redacted
from deployments.cli.commands.connectors.listing import document_of
from deployments.cli.commands.connectors.situation import Situation, Standing, current_situation
from deployments.cli.output import AsJson, AskedWrongly, ExitCode, console, show, table
from orderflow.rules.condition import closest
from orderflow.rules.problem import did_you_mean

# All are asked at once; a service that has said nothing by then has failed the check.
LONGEST_SECONDS = 30.0
# A shorter setting is no secret that could be told from any other word.
SHORTEST_SECRET = 6

Code = Annotated[str, typer.Argument(metavar="[CODE]", help="One connector, whether it is switched on or not.")]


@dataclass(frozen=True)
class Finding:
    """What became of one check. `said` is what the service showed or what was wrong, `remedy` what would mend it."""

    standing: Standing
    is_fine: bool
    said: str
    remedy: str = ""


def check(code: Code = "", as_json: AsJson = False) -> None:
    """Asks every configured service something harmless; exit 1 where one fails or an enabled one lacks a setting."""
    situation = current_situation()
    standings = _wanted(situation, code)
    with console.status("asking …"):
        findings = asyncio.run(_checked(standings, situation))
    columns = ("", "kind", "code", "what it said", "remedy")
    rows = [(_sign(one), one.standing.kind, one.standing.code, one.said, one.remedy) for one in findings]
    show([_document(one) for one in findings], table(columns, rows), as_json=as_json)
    if any(_is_problem(one, asked_for=bool(code)) for one in findings):
        raise typer.Exit(ExitCode.PROBLEM)


def _wanted(situation: Situation, code: str) -> list[Standing]:
    known = tuple(standing.code for standing in situation.standings)
    wanted = [standing for standing in situation.standings if registry.canonical(code) in {"", standing.code}]
    if not wanted:
        remedy = did_you_mean(closest(code, known)) or f"there are {', '.join(sorted(set(known)))}"
        raise AskedWrongly(f"there is no connector {code}; {remedy}")
    return wanted


async def _checked(standings: Iterable[Standing], situation: Situation) -> list[Finding]:
    return list(await asyncio.gather(*(_finding(standing, situation.stored) for standing in standings)))


async def _finding(standing: Standing, stored: Mapping[str, str]) -> Finding:
    if not standing.is_configured:
        return Finding(standing, False, f"not configured: needs {', '.join(standing.missing)}", _set(standing))
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            said = await _ask(standing, stored)
    except (ConnectorError, TimeoutError) as error:
        return Finding(standing, False, _without_secrets(_told(error), standing, stored), _remedy(error, standing))
    except Exception as error:  # one connector with a fault must not hide what the others said
        return Finding(standing, False, f"its code failed: {type(error).__name__}", "report it as a fault")
    return Finding(standing, True, _without_secrets(said, standing, stored) or "nothing harmless can be asked of it")


async def _ask(standing: Standing, stored: Mapping[str, str]) -> str:
    connector = registry.build(standing.folder, standing.code, stored)
    try:
        return await connector.check()
    finally:
        if hasattr(connector, "aclose"):
            await connector.aclose()


def _told(error: Exception) -> str:
    return f"no answer within {LONGEST_SECONDS:.0f} seconds" if isinstance(error, TimeoutError) else str(error)


def _remedy(error: Exception, standing: Standing) -> str:
    match error:
        case NotConfigured():
            return _set(standing)
        case Refused(code="credentials"):
            return f"store others with `orderflow auth {standing.code}`"
        case Refused():
            return f"look at the settings of {standing.code} in docs/connectors.md"
        case TryAgain(wait_seconds=seconds):
            return f"check again in {seconds:.0f} seconds, and whether its address is right"
        case OutcomeUnknown() | TimeoutError():
            return "check again; if it stays, look at the service's own status page"
    return ""


def _set(standing: Standing) -> str:
    return f"set the environment variables or run `orderflow auth {standing.code.partition(':')[0]}`"


def _without_secrets(text: str, standing: Standing, stored: Mapping[str, str]) -> str:
    """The text without the values of this connector's settings: services like to quote what they refuse."""
    variables = registry.connector_class(standing.folder, standing.code).Settings.described()
    for secret in _values((variable.name for variable in variables if variable.is_secret), stored):
        text = text.replace(secret, HIDDEN)
    return redacted(text)


def _values(names: Iterable[str], stored: Mapping[str, str]) -> list[str]:
    """The values of the variables, longest first, so that no part of a longer one stays behind."""
    known = {**stored, **os.environ}
    return sorted((known[name] for name in names if len(known.get(name, "")) >= SHORTEST_SECRET), key=len, reverse=True)


def _sign(finding: Finding) -> str:
    if finding.is_fine:
        return "✓"
    return "✗" if finding.standing.is_configured or finding.standing.is_enabled else "–"


def _is_problem(finding: Finding, *, asked_for: bool) -> bool:
    """What nobody switched on and nobody asked for may lack its settings."""
    standing = finding.standing
    return not finding.is_fine and (asked_for or standing.is_configured or standing.is_enabled)


def _document(finding: Finding) -> dict[str, Any]:
    ok = finding.is_fine if finding.standing.is_configured else None
    return {**document_of(finding.standing), "ok": ok, "said": finding.said, "remedy": finding.remedy}
