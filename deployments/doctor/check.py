"""What one check found."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How bad it is: a warning leaves orders flowing, a problem does not."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `remedy` is what a person should do, empty where all is well."""

    name: str
    verdict: Verdict
    found: str
    remedy: str = ""


def fine(name: str, found: str) -> Check:
    """Nothing to do."""
    return Check(name, Verdict.OK, found)


def warning(name: str, found: str, remedy: str) -> Check:
    """Orders flow, but somebody should look."""
    return Check(name, Verdict.WARNING, found, remedy)


def problem(name: str, found: str, remedy: str) -> Check:
    """Orders do not flow, or something that must never be is."""
    return Check(name, Verdict.PROBLEM, found, remedy)
