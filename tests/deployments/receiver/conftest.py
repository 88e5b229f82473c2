"""A receiver of an installation of its own, with one Shopify shop that signs its webhooks."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import sqlite_url
from receiver_server import served_receiver
from webhook_deliveries import OLD_SECRET, SECRET

from connectors.installation import Installation
from connectors.vault import create_key_file


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """A migrated installation whose environment has the shop's settings."""
    shop = {"API_KEY": "key", "API_PASSWORD": "token", "STORE_URL": "shop.example"}
    for name, text in {**shop, "WEBHOOK_SECRET": f"{SECRET}, {OLD_SECRET}"}.items():
        monkeypatch.setenv(f"SHOPIFY_{name}", text)
    for name in ("WOOCOMMERCE_WEBHOOK_SECRET", "WOOCOMMERCE_CONSUMER_KEY"):
        monkeypatch.delenv(name, raising=False)
    create_key_file(tmp_path / "secret.key")
    return Installation(home=tmp_path, database_url=sqlite_url(tmp_path))


@pytest.fixture
def served(installation: Installation) -> Iterator[str]:
    """The address of a receiver that really listens."""
    with served_receiver(installation) as address:
        yield address
