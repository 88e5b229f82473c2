"""A receiver in a process of its own, so that its memory can be told from the sender's."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from connectors.installation import Installation
from deployments.server.ports import free_port
from deployments.server.server import RECEIVER

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 120


@dataclass
class ReceiverProcess:
    """Where it listens, and the process to look at."""

    address: str
    process: psutil.Process


@dataclass
class Peak:
    """The most memory that was seen beyond what there was at first, in bytes."""

    before: int
    highest: int = field(default=0)

    @property
    def growth(self) -> int:
        return max(0, self.highest - self.before)


@contextmanager
def receiver_process(installation: Installation) -> Iterator[ReceiverProcess]:
    """The receiver as `orderflow up` starts it, warmed up by one question."""
    port = free_port()
    command = [sys.executable, *RECEIVER, "--port", str(port), "--no-access-log", "--log-level", "warning"]
    environment = os.environ | installation.variables() | {"PYTHONPATH": str(REPOSITORY)}
    started = subprocess.Popen(command, env=environment, cwd=REPOSITORY)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address)
        yield ReceiverProcess(address, psutil.Process(started.pid))
    finally:
        started.terminate()
        started.wait(30)


@contextmanager
def watched_memory(receiver: ReceiverProcess) -> Iterator[Peak]:
    """Looks every few milliseconds how much memory the receiver has."""
    peak, over = Peak(receiver.process.memory_info().rss), threading.Event()

    def look() -> None:
        while not over.wait(0.005):
            peak.highest = max(peak.highest, receiver.process.memory_info().rss)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()
        peak.highest = max(peak.highest, receiver.process.memory_info().rss)


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{address}/health").raise_for_status()
            return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise TimeoutError("the receiver did not come up")
