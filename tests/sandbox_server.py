"""The sandbox on a real socket of this machine, for connectors whose SDKs are synchronous and for broken answers."""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from fastapi import FastAPI

from deployments.sandbox.app import create_app
from deployments.sandbox.books import Books
from deployments.sandbox.faults import Fault


@dataclass
class RunningSandbox:
    """The sandbox's address, and its books and faults seen from inside."""

    url: str
    app: FastAPI

    def books(self, service: str) -> Books:
        """What a simulator remembers."""
        return self.app.state.books[service]

    def fail(self, service: str, operation: str, mode: str, count: int | None = 1, **how: Any) -> None:
        """Plans a misbehaviour."""
        self.app.state.faults.plan(Fault(service, operation, mode, count, **how))

    def forget(self) -> None:
        """Behaves again, and has seen nothing."""
        self.app.state.faults.clear()
        for books in self.app.state.books.values():
            books._entries.clear()


@contextmanager
def running_sandbox() -> Generator[RunningSandbox]:
    """A server in a thread, on a free port, stopped at the end."""
    app = create_app()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield RunningSandbox(f"http://127.0.0.1:{port}", app)
    server.should_exit = True
    thread.join(timeout=5)
