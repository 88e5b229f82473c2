"""Amounts and days of a plan as they are written down."""

from datetime import date

from orderflow.money import Money
from orderflow.sourcing.problem import Problem
from orderflow.sourcing.source import price


def money_of(problem: Problem, minor: int | None) -> Money | None:
    """The amount in the currency of the rate card; None where it is not known."""
    return None if minor is None else price(minor, problem.currency)


def days_until(problem: Problem, arrival: date | None) -> int | None:
    """Calendar days from now to the arrival, by the destination's clock; None where it is not known."""
    return None if arrival is None else (arrival - problem.today).days
