"""A decision as people read it."""

from rich.markup import escape

from orderflow.decision import Decision
from orderflow.explanation import explain


def decision_trace(number: str, decision: Decision) -> list[str]:
    """The lines printed for one decision: the outcome, the rules, every candidate with its score and why it lost."""
    return [f"[bold]{escape(number)}[/]", *(escape(line) for line in explain(decision))]
