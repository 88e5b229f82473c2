"""How a stand-in is told to fail, the way real services do.

Modes
  error_500       answers 500 and does nothing
  error_500_done  does the work, then answers 500
  rate_limited    answers 429 with Retry-After, does nothing
  cut_off         does the work, then breaks the answer off in the middle
  silent          does the work, then says nothing for `seconds`
  slow            does the work and answers after `seconds`
  nonsense        does the work, then answers 200 with a body nobody can read
  error_inside    answers the service's own "200 but failed"; the simulator itself must honour it
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse
from fastapi.routing import APIRoute

MODES = frozenset(
    ["error_500", "error_500_done", "rate_limited", "cut_off", "silent", "slow", "nonsense", "error_inside"]
)


@dataclass
class Fault:
    """One planned misbehaviour. `count` is how often it still happens; `share` the probability where it has no end."""

    service: str
    operation: str
    mode: str
    count: int | None = None
    share: float = 1.0
    seconds: float = 1.0


@dataclass
class Faults:
    """The planned misbehaviours of the whole sandbox, drawn with a seed so a run can be repeated."""

    seed: int = 0
    planned: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)  # noqa: S311 - chance that can be repeated, not a secret

    def plan(self, fault: Fault) -> None:
        """Adds one; raises ValueError for a mode nobody knows."""
        if fault.mode not in MODES:
            raise ValueError(f"mode {fault.mode!r} is unknown; there are {', '.join(sorted(MODES))}")
        self.planned.append(fault)

    def clear(self) -> None:
        """From now on everything behaves."""
        self.planned.clear()

    def draw(self, service: str, operation: str) -> Fault | None:
        """The fault of this call, if one is due; counts it."""
        for fault in self.planned:
            if fault.service == service and fault.operation in {operation, "*"} and fault.count != 0:
                if self._dice.random() >= fault.share:
                    continue
                if fault.count is not None:
                    fault.count -= 1
                return fault
        return None


class FaultyRoute(APIRoute):
    """A route that misbehaves when told to. The route's `name` is the operation; `app.state.faults` holds the plan."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with the fault around it; the drawn mode is in `request.state.fault` for the simulator."""
        work = super().get_route_handler()

        async def handle(request: Request) -> Response:
            service = request.url.path.split("/")[1]
            fault = request.app.state.faults.draw(service, self.name)
            request.state.fault = fault.mode if fault else ""
            return await _misbehave(fault, work, request) if fault else await work(request)

        return handle


async def _misbehave(
    fault: Fault, work: Callable[[Request], Coroutine[Any, Any, Response]], request: Request
) -> Response:
    if fault.mode == "error_500":
        return JSONResponse({"message": "internal error"}, 500)
    if fault.mode == "rate_limited":
        return JSONResponse({"message": "too many requests"}, 429, headers={"Retry-After": str(int(fault.seconds))})
    answer = await work(request)
    if fault.mode in {"silent", "slow"}:
        await asyncio.sleep(fault.seconds)
    if fault.mode == "error_500_done":
        return JSONResponse({"message": "internal error"}, 500)
    if fault.mode == "nonsense":
        return PlainTextResponse("<html>gateway says hello</html>", 200)
    if fault.mode == "cut_off":
        return StreamingResponse(_half(answer), answer.status_code, headers={"content-length": "1000000"})
    return answer


async def _half(answer: Response) -> AsyncIterator[bytes]:
    yield bytes(answer.body)[:20]
    raise ConnectionAbortedError("the sandbox was told to break this answer off")
