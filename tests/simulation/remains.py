"""What outlives every process, and what a story begins with."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulation.books import Books

Late = tuple[int, int, str, Callable[[], Any]]
"""What a service will still do: when, its number, what it is and how."""


@dataclass(frozen=True)
class Opening:
    """What a story begins with. `delivered` are the versions of orders (number, time) the channel has told of."""

    database: sqlite3.Connection
    books: Books
    delivered: frozenset[tuple[str, int]]


@dataclass(frozen=True)
class Left:
    """What a crash of every process leaves: the database, the services, and what is still to come from outside."""

    state: str
    database: sqlite3.Connection
    now_ms: int
    last_id: int
    lives: int
    moments: int
    books: Books
    late: tuple[Late, ...]
    asked: tuple[tuple[str, str], ...]
    arrivals: dict[int, str]
    delivered: frozenset[tuple[str, int]]
