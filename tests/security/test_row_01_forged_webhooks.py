"""Row 1, forged webhooks: whoever cannot sign leaves nothing behind, at any address that takes deliveries."""

import json
from collections.abc import Iterator

import pytest
from carrier_variables import carrier_variables
from channel_variables import channel_variables
from fastapi.testclient import TestClient
from receiver_exchanges import inbox_size
from shared_material import shared_path

from connectors.installation import Installation
from connectors.protocols import SalesChannel, TrackingSender
from connectors.registry import connectors_of
from deployments.receiver.app import create_receiver

SELLING = sorted(code for code, kind in connectors_of("channels").items() if issubclass(kind, SalesChannel))
TRACKING = sorted(code for code, kind in connectors_of("carriers").items() if issubclass(kind, TrackingSender))
ADDRESSES = [*(f"/webhooks/{code}" for code in SELLING), *(f"/webhooks/carriers/{code}" for code in TRACKING)]
FORGED = "Zm9yZ2VkIHNpZ25hdHVyZSBvZiAzMiBieXRlcy4uLi4="


@pytest.fixture
def receiver(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A receiver of every channel and carrier there is."""
    for name, text in (channel_variables("http://nobody") | carrier_variables("http://nobody")).items():
        monkeypatch.setenv(name, text)
    with TestClient(create_receiver(installation)) as client:
        yield client


def forgeries(code: str) -> list[dict[str, str]]:
    """Headers of somebody who does not know the secret: none, empty ones, and wrong ones of every scheme."""
    wrong = {
        "x-shopify-hmac-sha256": FORGED,
        "x-shopify-topic": "orders/create",
        "x-wc-webhook-signature": FORGED,
        "x-wc-webhook-topic": "order.created",
        "webhook-id": "msg_1",
        "webhook-timestamp": "1700000000",
        "webhook-signature": f"v1,{FORGED}",
        "x-hmac-signature": FORGED,
        "x-signature": FORGED,
        "authorization": f"Bearer {FORGED}",
    }
    return [{}, dict.fromkeys(wrong, ""), wrong]


@pytest.mark.requirement("OF-162")
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_delivery_nobody_signed_is_refused_and_leaves_nothing(receiver, installation, address):
    body = json.dumps({"id": 1, "name": "#1"}).encode()
    answers = {receiver.post(address, content=body, headers=headers).status_code for headers in forgeries(address)}
    assert answers <= {401, 503}
    assert inbox_size(installation) == 0


def test_an_address_nobody_listens_at_is_unknown(receiver, installation):
    for code in ("ebay", "../shopify", "shopify%00", "__init__", "registry", "order_file/x", ""):
        assert receiver.post(f"/webhooks/{code}", content=b"{}").status_code in {401, 404, 405, 503}, code
    assert inbox_size(installation) == 0


@pytest.mark.requirement("OF-03", "OF-162")
def test_the_vector_of_shopify_is_taken_in_and_with_any_flipped_bit_it_is_not(installation, monkeypatch):
    vector = json.loads(shared_path("contracts/webhook-signature-vectors.json").read_text(encoding="utf-8"))["shopify"]
    monkeypatch.setenv("SHOPIFY_WEBHOOK_SECRET", vector["secret"])
    body, signature = vector["raw_body"].encode(), vector["X-Shopify-Hmac-Sha256"].encode()
    with TestClient(create_receiver(installation)) as client:
        forged = [(body, flipped) for flipped in flips(signature)] + [(flipped, signature) for flipped in flips(body)]
        assert {posted(client, *one) for one in forged} == {401}
        assert inbox_size(installation) == 0
        assert posted(client, body, signature) == 200
        assert inbox_size(installation) == 1


def posted(client: TestClient, body: bytes, signature: bytes) -> int:
    headers = {b"x-shopify-hmac-sha256": signature, b"x-shopify-topic": b"orders/create"}
    return client.post("/webhooks/shopify", content=body, headers=headers).status_code


def flips(content: bytes) -> Iterator[bytes]:
    """The content with each of its bits flipped in turn, as far as it can travel in a header."""
    for bit in range(len(content) * 8):
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        if not set(changed) & {0, 10, 13}:
            yield bytes(changed)
