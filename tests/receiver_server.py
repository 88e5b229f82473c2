"""A receiver that really listens, on a port of its own."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from connectors.installation import Installation
from deployments.receiver.app import create_receiver


@contextmanager
def served_receiver(installation: Installation) -> Iterator[str]:
    """The address while it listens."""
    config = uvicorn.Config(create_receiver(installation), port=0, log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)
