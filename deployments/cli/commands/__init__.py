"""The groups of commands, one file or folder each, found by discovery.

A module named `dead_letters` with a `group` in it is `orderflow dead-letters`. Only the group that is asked for is
imported, so that no command waits for what another one needs.
"""

import importlib
import pkgutil

import typer

ALSO_CALLED = {"dlq": "dead-letters", "order": "orders"}


def group_names() -> tuple[str, ...]:
    """Every group of commands, by the name a person types."""
    return tuple(sorted(info.name.replace("_", "-") for info in pkgutil.iter_modules(__path__)))


def group_of(name: str) -> typer.Typer:
    """The commands of one group. Raises ModuleNotFoundError where there is none of the name."""
    module = importlib.import_module(f"{__name__}.{ALSO_CALLED.get(name, name).replace('-', '_')}")
    return module.group
