"""Which of several ways to ship is the best one; one module is one strategy, found by discovery.

A module has `SENTENCE`, what it prefers in words, and `key(bid)`, whose smallest value wins. `ALIASES` may name
what else it is called, and `PRICES_UNITS` says that it reckons with the bid prices of the units. Every key ends in the
location codes, so that equal bids always have the same winner, and never gets better when a cost, an arrival, a
distance or a number of parcels grows.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, NamedTuple

from orderflow.sourcing.bid import Bid


class UnknownStrategyError(ValueError):
    """A policy or a rule names a strategy that does not exist."""


class Strategy(NamedTuple):
    """A way to choose: its name, its sentence and the key whose smallest value wins."""

    name: str
    sentence: str
    key: Callable[[Bid], tuple[Any, ...]]
    prices_units: bool = False


@cache
def strategies() -> dict[str, Strategy]:
    """Every strategy by name and by alias."""
    found = {}
    for info in sorted(iter_modules(__path__), key=lambda info: info.name):
        module = import_module(f"{__name__}.{info.name}")
        for name in (info.name, *getattr(module, "ALIASES", ())):
            found[name] = Strategy(info.name, module.SENTENCE, module.key, getattr(module, "PRICES_UNITS", False))
    return found


def strategy_named(name: str) -> Strategy:
    """The strategy of this name or alias; raises UnknownStrategyError, which lists those there are."""
    known = strategies()
    if name not in known:
        raise UnknownStrategyError(f"no strategy {name!r}; there are {', '.join(known)}")
    return known[name]
