"""A shift goes on working whatever becomes of the Prefect server."""

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx
import pytest

import flows.shift
from flows.shift import Shift
from tasks.routing.deciding import Routed

A_DECISION: Any = object()


class Server:
    """What a shift publishes to; away at first."""

    def __init__(self) -> None:
        self.is_away = True
        self.shown = 0

    async def publish(self, routed: Sequence[Routed]) -> None:
        if self.is_away:
            raise httpx.ConnectError("connection refused")
        self.shown = len(routed)

    async def tag(self, routed: Sequence[Routed], channels: set[str]) -> set[str]:
        return channels


def test_decisions_that_cannot_be_published_are_due_again_and_end_no_shift(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    monkeypatch.setattr(flows.shift, "publish_decisions", server.publish)
    monkeypatch.setattr(flows.shift, "tag_with_channels", server.tag)
    nowhere: Any = None
    shift = Shift(shop=nowhere, owner="shift", ends_at=0.0, routed=[A_DECISION, A_DECISION])
    asyncio.run(shift.rounds["publish"]("shift/publish-1"))
    assert shift.published == 0
    server.is_away = False
    asyncio.run(shift.rounds["publish"]("shift/publish-1"))
    assert (shift.published, server.shown) == (2, 2)
