"""Who sent a webhook, and is it the one we have already?"""

import json
from collections.abc import Mapping

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from shared_material import shared_path

from connectors.channels.order_file import OrderFileChannel
from connectors.channels.order_file.settings import OrderFileSettings
from connectors.channels.shopify import ShopifyChannel
from connectors.channels.shopify.settings import ShopifySettings
from connectors.channels.woocommerce import WooCommerceChannel
from connectors.channels.woocommerce.settings import WooCommerceSettings
from connectors.errors import SignatureRefused, Unreadable
from connectors.transport.signatures import signature_of

BODY = b'{"id": 820982911946154508, "date_modified_gmt": "2026-11-21T20:00:44"}'
PING = b"webhook_id=5"
SIGNED_IN = {"shopify": "x-shopify-hmac-sha256", "woocommerce": "x-wc-webhook-signature"}
TOPIC_IN = {"shopify": "x-shopify-topic", "woocommerce": "x-wc-webhook-topic"}


def shopify(secret: str = "shpss_test") -> ShopifyChannel:
    words = {"API_KEY": "k", "API_PASSWORD": "p", "STORE_URL": "shop.example", "WEBHOOK_SECRET": secret}
    return ShopifyChannel(ShopifySettings.load({f"SHOPIFY_{name}": text for name, text in words.items()}))


def woocommerce(secret: str = "s3cr3t") -> WooCommerceChannel:
    words = {"URL": "shop.example", "CONSUMER_KEY": "ck", "CONSUMER_SECRET": "cs", "WEBHOOK_SECRET": secret}
    return WooCommerceChannel(WooCommerceSettings.load({f"WOOCOMMERCE_{name}": text for name, text in words.items()}))


CHANNELS = {"shopify": shopify("one secret"), "woocommerce": woocommerce("one secret")}
BOTH = pytest.mark.parametrize("code", CHANNELS)


def headers(code: str, body: bytes = BODY, secret: str = "one secret", **more: str) -> dict[str, str]:
    topic = {"shopify": "orders/create", "woocommerce": "order.created"}[code]
    return {SIGNED_IN[code]: signature_of(secret, body), TOPIC_IN[code]: topic, **more}


def recorded() -> list[tuple[dict[str, str], bytes]]:
    lines = shared_path("contracts/woocommerce/webhook-deliveries.jsonl").read_text(encoding="utf-8").splitlines()
    deliveries = [json.loads(line) for line in lines]
    return [({k.lower(): v for k, v in each["headers"].items()}, each["body"].encode()) for each in deliveries]


def flipped(content: bytes, bit: int) -> bytes:
    changed = bytearray(content)
    changed[bit // 8 % len(changed)] ^= 1 << bit % 8
    return bytes(changed)


@pytest.mark.requirement("OF-162")
def test_the_vector_of_shopifys_scheme_is_accepted():
    vector = json.loads(shared_path("contracts/webhook-signature-vectors.json").read_text())["shopify"]
    body, signature = vector["raw_body"].encode(), vector["X-Shopify-Hmac-Sha256"]
    channel = shopify(vector["secret"])
    channel.verify({"x-shopify-hmac-sha256": signature}, body)
    channel.verify({"shopify-hmac-sha256": signature}, body)


@pytest.mark.requirement("OF-04", "OF-162")
def test_what_woocommerce_really_sent_is_accepted_and_read():
    channel, numbers = woocommerce(), []
    for given_headers, body in recorded():
        channel.verify(given_headers, body)
        notice = channel.notice(given_headers, body)
        if notice:
            (order,) = channel.to_orders(notice.topic, json.loads(body))
            assert order.external_id == notice.external_id
            numbers.append((notice.topic, order.number, str(order.total), order.lines[0].quantity))
    assert numbers == [
        ("order.created", "37", "$63.00", 2),
        ("order.updated", "37", "$63.00", 2),
        ("order.created", "38", "$247.00", 9),
    ]


@pytest.mark.requirement("OF-162")
@BOTH
@given(bit=st.integers(0, len(BODY) * 8 - 1))
def test_a_body_with_one_bit_flipped_is_refused(code, bit):
    with pytest.raises(SignatureRefused):
        CHANNELS[code].verify(headers(code), flipped(BODY, bit))


@pytest.mark.requirement("OF-162")
@BOTH
@given(bit=st.integers(0, 44 * 8 - 1))
@example(bit=42 * 8)  # the last sign of the base64 text, two bits of which decode to nothing
def test_a_signature_with_one_bit_flipped_is_refused(code, bit):
    genuine = headers(code)
    forged = flipped(genuine[SIGNED_IN[code]].encode(), bit).decode("latin-1")
    with pytest.raises(SignatureRefused):
        CHANNELS[code].verify({**genuine, SIGNED_IN[code]: forged}, BODY)


@pytest.mark.requirement("OF-162")
@BOTH
@pytest.mark.parametrize(
    "forgery",
    [
        {},
        {"signature": ""},
        {"signature": "x, y"},
        {"secret": "another shop's secret"},
        {"secret": ""},
    ],
)
def test_a_delivery_without_the_right_signature_is_refused(code, forgery):
    given_headers = {TOPIC_IN[code]: "orders/create"}
    if "signature" in forgery:
        given_headers[SIGNED_IN[code]] = forgery["signature"]
    if "secret" in forgery:
        given_headers[SIGNED_IN[code]] = signature_of(forgery["secret"], BODY)
    with pytest.raises(SignatureRefused):
        CHANNELS[code].verify(given_headers, BODY)


def test_both_families_of_shopifys_headers_must_fit_where_both_are_sent():
    genuine = signature_of("one secret", BODY)
    with pytest.raises(SignatureRefused):
        CHANNELS["shopify"].verify({"x-shopify-hmac-sha256": genuine, "shopify-hmac-sha256": "forged"}, BODY)


@pytest.mark.parametrize("secret", ["the new one", "the old one"])
def test_while_a_secret_is_rotated_both_are_accepted(secret):
    for code, channel in {"shopify": shopify, "woocommerce": woocommerce}.items():
        channel("the new one, the old one").verify(headers(code, secret=secret), BODY)


@pytest.mark.parametrize("channel", [shopify(""), woocommerce("")])
def test_without_a_secret_every_delivery_is_refused(channel):
    with pytest.raises(SignatureRefused, match="WEBHOOK_SECRET is not set"):
        channel.verify(headers(channel.code, secret=""), BODY)


def test_the_ping_of_a_new_woocommerce_webhook_asks_for_nothing():
    for given_headers, body in recorded()[:3]:
        CHANNELS["woocommerce"].verify(given_headers, body)
        assert CHANNELS["woocommerce"].notice(given_headers, body) is None


@pytest.mark.requirement("OF-162")
@pytest.mark.parametrize(
    ("more", "body"),
    [
        ({}, b"webhook_id=5&order=1"),
        ({}, b"webhook_id="),
        ({}, b"webhook_id=x"),
        ({}, BODY),
        ({"x-wc-webhook-id": "5"}, PING),
    ],
)
def test_nothing_but_exactly_the_ping_passes_unsigned(more, body):
    with pytest.raises(SignatureRefused):
        CHANNELS["woocommerce"].verify({"content-type": "application/x-www-form-urlencoded", **more}, body)


def key_of(code: str, given_headers: Mapping[str, str], body: bytes = BODY) -> str:
    return CHANNELS[code].notice(given_headers, body).dedup_key


@pytest.mark.parametrize("family", ["x-shopify-", "shopify-"])
def test_the_same_shopify_event_has_the_same_key_over_any_subscription(family):
    first = {f"{family}topic": "orders/paid", f"{family}event-id": "E", f"{family}webhook-id": "W1"}
    again = {**first, f"{family}webhook-id": "W2"}
    other_topic = {**first, f"{family}topic": "orders/updated"}
    assert key_of("shopify", first) == key_of("shopify", again) != key_of("shopify", other_topic)


def test_without_event_id_the_webhook_id_and_then_the_body_tell_two_shopify_deliveries_apart():
    topic = {"x-shopify-topic": "orders/paid"}
    assert key_of("shopify", {**topic, "x-shopify-webhook-id": "W1"}) != key_of(
        "shopify", {**topic, "x-shopify-webhook-id": "W2"}
    )
    assert key_of("shopify", topic) == key_of("shopify", topic)
    assert key_of("shopify", topic) != key_of("shopify", topic, b'{"id": 2}')


def test_two_woocommerce_orders_of_one_second_are_two_events_although_their_delivery_id_is_the_same():
    shared = {"x-wc-webhook-topic": "order.created", "x-wc-webhook-delivery-id": "74e37cd187123a7b944834965925e231"}
    one, two = (b'{"id": %d, "date_modified_gmt": "2026-11-21T20:00:44"}' % number for number in (37, 38))
    assert key_of("woocommerce", shared, one) != key_of("woocommerce", shared, two)
    assert key_of("woocommerce", shared, one) == key_of(
        "woocommerce", {**shared, "x-wc-webhook-delivery-id": "another"}, one
    )


def test_a_notice_says_which_order_and_when():
    notice = CHANNELS["shopify"].notice(
        {"x-shopify-topic": "refunds/create", "x-shopify-triggered-at": "2026-11-21T20:00:44Z"},
        b'{"id": 1, "order_id": 450789469}',
    )
    assert (notice.external_id, notice.occurred_at.isoformat()) == ("450789469", "2026-11-21T20:00:44+00:00")
    assert CHANNELS["shopify"].notice({"x-shopify-topic": "orders/paid"}, BODY).external_id == "820982911946154508"
    assert CHANNELS["shopify"].notice({"x-shopify-topic": "products/update"}, BODY).external_id == ""


@BOTH
@pytest.mark.parametrize("body", [b"{", b"", b"[" * 40 + b"]" * 40, b'{"id": NaN}', b"\xff"])
def test_a_genuine_delivery_nobody_can_read_is_unreadable(code, body):
    with pytest.raises(Unreadable):
        CHANNELS[code].notice(headers(code, body), body)


@BOTH
def test_a_delivery_without_topic_is_unreadable_and_says_which_header_is_missing(code):
    with pytest.raises(Unreadable) as refusal:
        CHANNELS[code].notice({SIGNED_IN[code]: "x"}, BODY)
    assert refusal.value.field == TOPIC_IN[code]


def test_nobody_can_post_into_a_folder(tmp_path):
    channel = OrderFileChannel(OrderFileSettings.load({"ORDER_FILE_FOLDER": str(tmp_path)}))
    for call in (channel.verify, channel.notice):
        with pytest.raises(SignatureRefused):
            call({}, BODY)
