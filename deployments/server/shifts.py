"""The deployments that work in shifts: one of each is always at work, whatever ended the last."""

import time
from collections.abc import Generator
from contextlib import contextmanager

import httpx
import structlog

from deployments.server.prefect_api import PrefectApi
from deployments.server.prefect_settings import WORK_POOL

log = structlog.get_logger("deployments.server")

SHIFTS = ("process-orders", "watch-orders")
LOOK_SECONDS = 20.0


class Shifts:
    """Looks after the shifts on one Prefect server. A server that does not answer is asked again at the next look."""

    def __init__(self, api: PrefectApi) -> None:
        self._api = api
        self._next_look = 0.0

    def begin_anew(self) -> None:
        """Ends the runs whose worker is gone, which would block new ones for ever, and starts the shifts at once."""
        with _forgiving():
            self._api.crash_live_runs(WORK_POOL, "its worker is gone")
        self._next_look = 0.0
        self.keep_going()

    def keep_going(self) -> None:
        """Starts every shift that is neither at work nor about to be: its schedule may be a quarter of an hour off."""
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + LOOK_SECONDS
        with _forgiving():
            for deployment in self._api.deployments():
                if deployment["name"] in SHIFTS and not self._api.has_work_ahead(deployment["id"]):
                    self._api.start_run(deployment["id"])


@contextmanager
def _forgiving() -> Generator[None]:
    try:
        yield
    except httpx.HTTPError as error:
        log.warning("Prefect did not answer", error=str(error))
