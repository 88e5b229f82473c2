"""A receiver that really listens, on a port of its own, of an installation with one Shopify shop."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from databases import sqlite_url
from webhook_deliveries import OLD_SECRET, SECRET

from connectors.installation import Installation
from connectors.vault import create_key_file
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


def installation_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """A migrated installation whose environment has the shop's settings."""
    shop = {"API_KEY": "key", "API_PASSWORD": "token", "STORE_URL": "shop.example"}
    for name, text in {**shop, "WEBHOOK_SECRET": f"{SECRET}, {OLD_SECRET}"}.items():
        monkeypatch.setenv(f"SHOPIFY_{name}", text)
    for name in ("WOOCOMMERCE_WEBHOOK_SECRET", "WOOCOMMERCE_CONSUMER_KEY"):
        monkeypatch.delenv(name, raising=False)
    create_key_file(folder / "secret.key")
    return Installation(home=folder, database_url=sqlite_url(folder))


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """An installation of the test's own."""
    return installation_in(tmp_path, monkeypatch)


@pytest.fixture
def served(installation: Installation) -> Iterator[str]:
    """The address of a receiver that really listens."""
    with served_receiver(installation) as address:
        yield address
