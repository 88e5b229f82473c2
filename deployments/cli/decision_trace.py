"""A decision as people read it: the explanation in words, and every candidate with the parts of its score."""

from rich.console import RenderableType
from rich.markup import escape

from deployments.cli.output import table
from orderflow.decision import Candidate, Decision
from orderflow.explanation import explain


def decision_trace(number: str, decision: Decision) -> list[RenderableType]:
    """What is printed for one decision, from top to bottom."""
    parts: list[RenderableType] = [f"[bold]{escape(number)}[/]  {decision.outcome}: {escape(decision.reason)}", ""]
    parts += [escape(line) for line in explain(decision)]
    if decision.plan.candidates:
        parts += ["", table(("location", "score", "made of", "result"), map(_row, decision.plan.candidates))]
    return parts


def _row(candidate: Candidate) -> tuple[str, str, str, str]:
    made_of = "\n".join(f"{part.points:+.1f} {part.factor}: {part.fact}" for part in candidate.parts)
    result = "chosen" if candidate.chosen else candidate.lost_because
    return candidate.location, f"{candidate.score:.1f}", made_of, result
