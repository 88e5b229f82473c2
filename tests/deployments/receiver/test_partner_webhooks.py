"""Fulfilment partners may post that an order moved; then they are asked at once."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from connectors.database import inbox
from connectors.database.migrations import migrate
from connectors.installation import Installation
from deployments.receiver.app import create_receiver

KEY = b"a key of at least 24 bytes"
VARIABLES = {
    "WAREHOUSE_API_URL": "https://warehouse.example/api",
    "WAREHOUSE_API_TOKEN": "x",
    "WAREHOUSE_WEBHOOK_SECRET": f"whsec_{base64.b64encode(KEY).decode()}",
    "SHIPBOB_API_TOKEN": "x",
    "SHIPBOB_CHANNEL_ID": "433",
    "SHIPBOB_WEBHOOK_SECRET": f"whsec_{base64.b64encode(KEY).decode()}",
}
EVENTS: dict[str, dict[str, Any]] = {
    "warehouse": {"reference": "01K0", "state": "picked"},
    "shipbob": {"id": 77, "reference_id": "01K0", "status": "Fulfilled"},
}


@pytest.fixture
def receiver(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    migrate(installation.database())
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    with TestClient(create_receiver(installation)) as client:
        yield client


def post(
    receiver: TestClient, code: str, body: bytes, *, signed: bytes | None = None, topic: str = "order.shipped"
) -> Any:
    stamp = str(int(time.time()))
    text = f"msg_1.{stamp}.".encode() + (body if signed is None else signed)
    signature = base64.b64encode(hmac.digest(KEY, text, hashlib.sha256)).decode()
    headers = {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": f"v1,{signature}"}
    return receiver.post(f"/webhooks/partners/{code}", content=body, headers=headers | {"x-webhook-topic": topic})


@pytest.mark.requirement("OF-12")
@pytest.mark.parametrize("code", EVENTS)
def test_a_partners_delivery_is_kept_once(receiver: TestClient, installation: Installation, code: str) -> None:
    body = json.dumps(EVENTS[code]).encode()
    assert [post(receiver, code, body).json()["status"] for _ in range(2)] == ["received", "duplicate"]
    (row,) = inbox.claim_inbox(installation.database(), "test")
    assert (row.source, row.external_id) == (f"partner:{code}", "01K0")


@pytest.mark.parametrize("code", EVENTS)
def test_one_flipped_bit_is_refused(receiver: TestClient, installation: Installation, code: str) -> None:
    body = json.dumps(EVENTS[code]).encode()
    flipped = bytes([body[0] ^ 1]) + body[1:]
    assert post(receiver, code, flipped, signed=body).status_code == 401
    assert inbox.claim_inbox(installation.database(), "test") == []


@pytest.mark.parametrize("code", ["flexport", "nobody", "drop_ship"])
def test_who_posts_nothing_is_not_known_here(receiver: TestClient, code: str) -> None:
    assert post(receiver, code, b"{}").status_code == 404


def test_a_topic_that_is_about_no_order_asks_for_nothing(receiver: TestClient, installation: Installation) -> None:
    body = json.dumps({"id": 1}).encode()
    assert post(receiver, "shipbob", body, topic="billing.charge.created").json() == {"status": "nothing to do"}
    assert inbox.claim_inbox(installation.database(), "test") == []
