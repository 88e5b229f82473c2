"""The signatures of the vectors at hand are accepted, and refused with any bit flipped."""

import json
from typing import Any

import pytest
from channel_variables import channel_variables
from shared_material import shared_path

from connectors.errors import SignatureRefused
from connectors.registry import connectors_of
from connectors.transport.signatures import check_standard_webhook

SENT_AT = 1700000000


@pytest.fixture(scope="module")
def vectors() -> dict[str, Any]:
    return json.loads(shared_path("contracts/webhook-signature-vectors.json").read_text(encoding="utf-8"))


def flips(content: bytes):
    """The content with each of its bits flipped in turn."""
    for bit in range(len(content) * 8):
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        yield bytes(changed)


def standard(vector: dict[str, str]) -> tuple[list[bytes], dict[str, str], bytes]:
    headers = {name: vector[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
    return [vector["client_secret"].encode()], headers, vector["payload"].encode()


@pytest.mark.requirement("OF-05", "OF-162")
def test_bigcommerces_vector_is_accepted_and_any_flipped_bit_refused(vectors):
    secrets, headers, body = standard(vectors["bigcommerce"])
    check_standard_webhook(secrets, headers, body, now=SENT_AT)
    for changed in flips(body):
        with pytest.raises(SignatureRefused):
            check_standard_webhook(secrets, headers, changed, now=SENT_AT)
    for name, text in headers.items():
        for changed in flips(text.encode()):
            with pytest.raises(SignatureRefused):
                check_standard_webhook(secrets, {**headers, name: changed.decode("latin-1")}, body, now=SENT_AT)


@pytest.mark.requirement("OF-162")
@pytest.mark.parametrize(("seconds", "accepted"), [(300, True), (301, False), (-300, True), (-301, False)])
def test_a_signature_holds_for_five_minutes(vectors, seconds, accepted):
    secrets, headers, body = standard(vectors["bigcommerce"])
    if accepted:
        check_standard_webhook(secrets, headers, body, now=SENT_AT + seconds)
        return
    with pytest.raises(SignatureRefused, match="too long ago"):
        check_standard_webhook(secrets, headers, body, now=SENT_AT + seconds)


@pytest.mark.requirement("OF-162")
def test_one_right_signature_among_several_is_enough_and_one_right_secret_too(vectors):
    secrets, headers, body = standard(vectors["bigcommerce"])
    rotated = {**headers, "webhook-signature": f"v1,AAAA {headers['webhook-signature']}"}
    check_standard_webhook([b"the new one", *secrets], rotated, body, now=SENT_AT)


@pytest.mark.requirement("OF-162")
def test_an_old_delivery_is_refused_by_the_channel_itself(vectors):
    cls = connectors_of("channels")["bigcommerce"]
    variables = channel_variables("http://sandbox")
    channel = cls(
        cls.Settings.load({**variables, "BIGCOMMERCE_CLIENT_SECRET": vectors["bigcommerce"]["client_secret"]})
    )
    _, headers, body = standard(vectors["bigcommerce"])
    with pytest.raises(SignatureRefused, match="too long ago"):
        channel.verify(headers, body)


@pytest.mark.requirement("OF-03", "OF-162")
def test_shopifys_vector_is_accepted_and_any_flipped_bit_refused(vectors):
    vector = vectors["shopify"]
    cls = connectors_of("channels")["shopify"]
    channel = cls(cls.Settings.load({**channel_variables("http://s"), "SHOPIFY_WEBHOOK_SECRET": vector["secret"]}))
    body, signature = vector["raw_body"].encode(), vector["X-Shopify-Hmac-Sha256"]
    channel.verify({"x-shopify-hmac-sha256": signature}, body)
    for changed in flips(body):
        with pytest.raises(SignatureRefused):
            channel.verify({"x-shopify-hmac-sha256": signature}, changed)
    for changed in flips(signature.encode()):
        with pytest.raises(SignatureRefused):
            channel.verify({"x-shopify-hmac-sha256": changed.decode("latin-1")}, body)


@pytest.mark.requirement("OF-04", "OF-162")
def test_what_woocommerce_really_sent_is_refused_with_any_bit_flipped():
    cls = connectors_of("channels")["woocommerce"]
    channel = cls(cls.Settings.load({**channel_variables("http://s"), "WOOCOMMERCE_WEBHOOK_SECRET": "s3cr3t"}))
    lines = shared_path("contracts/woocommerce/webhook-deliveries.jsonl").read_text(encoding="utf-8").splitlines()
    signed = [each for each in map(json.loads, lines) if "X-WC-Webhook-Signature" in each["headers"]]
    assert signed
    for delivery in signed:
        headers = {name.lower(): text for name, text in delivery["headers"].items()}
        body = delivery["body"].encode()
        channel.verify(headers, body)
        for changed in flips(headers["x-wc-webhook-signature"].encode()):
            with pytest.raises(SignatureRefused):
                channel.verify({**headers, "x-wc-webhook-signature": changed.decode("latin-1")}, body)
        for changed in flips(body[:64]):
            with pytest.raises(SignatureRefused):
                channel.verify(headers, changed + body[64:])
