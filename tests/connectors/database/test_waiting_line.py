"""Writers of one SQLite file come to their turn in the order they came."""

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import pytest

from connectors.database.session.waiting_line import is_first, join

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has locks of open file descriptions")

Place = tuple[IO[bytes], int]


@pytest.fixture
def line(tmp_path: Path) -> Iterator[list[Place]]:
    """Three who came one after the other."""
    path = tmp_path / "orderflow.db.lock"
    path.touch()
    with ExitStack() as opened:
        handles = [opened.enter_context(path.open("r+b", buffering=0)) for _ in range(3)]
        yield [(handle, join(handle, time.monotonic() + 5) or 0) for handle in handles]


def test_tickets_are_drawn_in_the_order_of_arrival(line: list[Place]) -> None:
    assert [ticket for _, ticket in line] == [1, 2, 3]


def test_each_waits_for_the_one_before(line: list[Place]) -> None:
    assert [is_first(*place) for place in line] == [True, False, False]
    line[0][0].close()
    assert [is_first(*place) for place in line[1:]] == [True, False]
    line[1][0].close()
    assert is_first(*line[2])


def test_whoever_gives_up_holds_up_nobody(line: list[Place]) -> None:
    line[1][0].close()
    assert is_first(*line[2])


def test_no_ticket_is_drawn_twice_after_everybody_left(line: list[Place], tmp_path: Path) -> None:
    for handle, _ in line:
        handle.close()
    with (tmp_path / "orderflow.db.lock").open("r+b", buffering=0) as late:
        assert join(late, time.monotonic() + 5) == 4
        assert is_first(late, 4)
