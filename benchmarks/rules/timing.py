"""Several ways of doing the same, timed in turns, so that what else the machine does slows all of them alike.

Time is that of the processor, in all threads of this process: other processes take the processor, not this time.
"""

from collections.abc import Callable, Sequence
from statistics import median
from time import process_time
from typing import Any

ROUNDS = 11
_SECONDS_PER_TURN = 0.02

# What is called for every order, and the orders in its own form.
Way = tuple[Callable[[Any], Any], Sequence[Any]]


def seconds_per_order(ways: Sequence[Way]) -> list[list[float]]:
    """For each way, the seconds an order took in each round; a round gives every way a turn of about equal length."""
    turns = [_one_turn(way) for way in ways]
    rounds = [[_timed(ask, orders) for ask, orders in turns] for _ in range(ROUNDS)]
    return [list(column) for column in zip(*rounds, strict=True)]


def ratio(slow: Sequence[float], fast: Sequence[float]) -> float:
    """How many times faster: the median over the rounds, each round compared with itself."""
    return median(a / b for a, b in zip(slow, fast, strict=True))


def _one_turn(way: Way) -> Way:
    """As many of the orders as fill a turn, after they were all asked once."""
    ask, orders = way
    took = _timed(ask, orders)
    repeats = max(1, round(_SECONDS_PER_TURN / (took * len(orders))))
    return ask, orders * repeats if repeats > 1 else orders[: max(1, round(_SECONDS_PER_TURN / took))]


def _timed(ask: Callable[[Any], Any], orders: Sequence[Any]) -> float:
    start = process_time()
    for order in orders:
        ask(order)
    return (process_time() - start) / len(orders)
