"""Carriers may post where parcels are; label files are handed out to be saved."""

import json
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from connectors.database import inbox
from connectors.database.migrations import migrate
from connectors.installation import Installation
from deployments.receiver.app import create_receiver

EVENT = {
    "event": "track_updated",
    "data": {
        "carrier": "usps",
        "tracking_number": "9400111",
        "tracking_status": {"status": "TRANSIT", "status_date": "2026-03-02T09:30:00Z", "status_details": "Moving"},
        "tracking_history": [],
    },
}


@pytest.fixture
def receiver(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    migrate(installation.database())
    monkeypatch.setenv("SHIPPO_API_TOKEN", "shippo_test_x")
    monkeypatch.setenv("SHIPPO_WEBHOOK_TOKEN", "a-long-secret")
    with TestClient(create_receiver(installation)) as client:
        yield client


@pytest.mark.requirement("FUL-14")
def test_a_carriers_delivery_to_its_secret_address_is_kept_once(
    receiver: TestClient, installation: Installation
) -> None:
    answers = [receiver.post("/webhooks/carriers/shippo/a-long-secret", json=EVENT).json() for _ in range(2)]
    assert [answer["status"] for answer in answers] == ["received", "duplicate"]
    (row,) = inbox.claim_inbox(installation.database(), "test")
    body = inbox.opened_body(installation.vault(), row.body)
    assert (row.source, json.loads(body)) == ("carrier:shippo", EVENT)


@pytest.mark.parametrize("address", ["shippo", "shippo/wrong", "easypost/a-long-secret", "nobody/x", "rate_card/x"])
def test_nobody_else_leaves_anything(receiver: TestClient, installation: Installation, address: str) -> None:
    answer = receiver.post(f"/webhooks/carriers/{address}", json=EVENT)
    assert answer.status_code in {401, 404, 503}
    assert inbox.claim_inbox(installation.database(), "test") == []


def test_a_genuine_delivery_nobody_understands_is_kept_for_a_person(
    receiver: TestClient, installation: Installation
) -> None:
    answer = receiver.post("/webhooks/carriers/shippo/a-long-secret", content=b"[1, 2]")
    assert answer.status_code == 200
    with installation.database().read() as conn:
        (letter,) = inbox.dead_letters(conn)
    assert letter.source == "carrier:shippo"


@pytest.mark.parametrize("name", ["..%2f..%2fetc%2fpasswd", "0" * 64, "%00", "x"])
def test_a_label_nobody_bought_is_not_found_whatever_it_is_called(receiver: TestClient, name: str) -> None:
    assert receiver.get(f"/labels/{name}").status_code == 404
