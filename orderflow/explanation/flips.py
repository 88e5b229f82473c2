"""What would have made another location win, in words."""

from orderflow.decision import Candidate, Decision
from orderflow.explanation.counterfactual import Change, ways_to_lose, ways_to_win
from orderflow.explanation.words import amount_words, units_words
from orderflow.money import Money


def flip_words(decision: Decision, candidate: Candidate) -> list[str]:
    """ "Wins with 3 × SKU456 more or at a rate of at most $41" for a loser, the opposite for the winner, or nothing."""
    currency = decision.plan.terms.currency if decision.plan.terms else ""
    wins = [_enough(change, currency) for change in ways_to_win(decision, candidate)]
    loses = [_too_much(change, currency) for change in ways_to_lose(decision, candidate)]
    return [
        *([f"Would win {', or '.join(wins)}"] if wins else []),
        *([f"Would lose {', or '.join(loses)}"] if loses else []),
    ]


def _enough(change: Change, currency: str) -> str:
    parts = [
        f"with {units_words(change.units)} more" if change.units else "",
        "if a rule asked for it" if change.ruled else "",
        f"at a rate of at most {_rate(change, currency)}" if change.rate_minor is not None else "",
        f"arriving {change.arrives} or before" if change.arrives else "",
    ]
    return " and ".join(filter(None, parts))


def _too_much(change: Change, currency: str) -> str:
    if change.units:
        return f"with {units_words(change.units)} fewer"
    if change.rate_minor is not None:
        return f"at a rate of at least {_rate(change, currency)}"
    return f"arriving {change.arrives} or later"


def _rate(change: Change, currency: str) -> str:
    return amount_words(Money.from_minor(change.rate_minor or 0, currency))
