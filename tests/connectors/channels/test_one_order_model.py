"""The same purchase, told by three channels, is the same order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import Unreadable
from connectors.registry import build, connectors_of

# Each channel has ids of its own; all else says what was bought, by whom, and where it goes.
OWN_TO_THE_CHANNEL = {"source": True, "external_id": True, "number": True, "lines": {"__all__": {"line_id"}}}

SHOPIFY = {
    "id": 5001,
    "admin_graphql_api_id": "gid://shopify/Order/5001",
    "name": "#1001",
    "created_at": "2026-11-20T05:00:00-05:00",
    "updated_at": "2026-11-20T05:05:00-05:00",
    "currency": "USD",
    "total_price": "44.90",
    "financial_status": "paid",
    "email": "ada@example.com",
    "phone": "5125550100",
    "note": "leave at door",
    "customer": {"first_name": "Ada", "last_name": "Byron", "tags": "VIP"},
    "shipping_address": {
        "name": "Ada Byron", "company": "Engines Ltd", "address1": "1 Main St", "address2": "Floor 2",
        "city": "Austin", "province_code": "TX", "zip": "78701", "country_code": "US", "phone": "5125550100",
    },
    "shipping_lines": [{"title": "Standard", "price": "4.90"}],
    "line_items": [
        {"id": 1, "sku": "BOOT-41", "name": "Boots", "quantity": 1, "price": "30.00", "grams": 0},
        {"id": 2, "sku": "SOCK", "name": "Socks", "quantity": 2, "price": "5.00", "grams": 0},
    ],
}  # fmt: skip
ADDRESS = {
    "first_name": "Ada", "last_name": "Byron", "company": "Engines Ltd", "address_1": "1 Main St",
    "address_2": "Floor 2", "city": "Austin", "state": "TX", "postcode": "78701", "country": "US",
    "phone": "5125550100",
}  # fmt: skip
WOOCOMMERCE = {
    "id": 37,
    "number": "37",
    "status": "processing",
    "currency": "USD",
    "total": "44.90",
    "shipping_total": "4.90",
    "date_created_gmt": "2026-11-20T10:00:00",
    "date_modified_gmt": "2026-11-20T10:05:00",
    "date_paid_gmt": "2026-11-20T10:05:00",
    "customer_note": "leave at door",
    "billing": {**ADDRESS, "email": "ada@example.com"},
    "shipping": ADDRESS,
    "meta_data": [{"key": "customer_tags", "value": "VIP"}],
    "shipping_lines": [{"method_title": "Standard"}],
    "line_items": [
        {"id": 7, "sku": "BOOT-41", "name": "Boots", "quantity": 1, "subtotal": "30.00", "price": 30},
        {"id": 8, "sku": "SOCK", "name": "Socks", "quantity": 2, "subtotal": "10.00", "price": 5},
    ],
}
IN_A_FILE = {
    "order_id": "F-1",
    "currency": "USD",
    "placed_at": "2026-11-20T10:00:00Z",
    "paid_at": "2026-11-20T10:05:00Z",
    "total": "44.90",
    "shipping_paid": "4.90",
    "shipping_method": "Standard",
    "note": "leave at door",
    "customer": {"name": "Ada Byron", "email": "ada@example.com", "phone": "5125550100", "tags": ["VIP"]},
    "destination": {
        "name": "Ada Byron", "company": "Engines Ltd", "line1": "1 Main St", "line2": "Floor 2", "city": "Austin",
        "region": "TX", "postal_code": "78701", "country": "US", "phone": "5125550100",
    },
    "lines": [
        {"sku": "BOOT-41", "title": "Boots", "quantity": 1, "unit_price": "30.00"},
        {"sku": "SOCK", "title": "Socks", "quantity": 2, "unit_price": "5.00"},
    ],
}  # fmt: skip


STORED = {
    "SHOPIFY_API_KEY": "key",
    "SHOPIFY_API_PASSWORD": "token",
    "SHOPIFY_STORE_URL": "shop.example",
    "WOOCOMMERCE_URL": "shop.example",
    "WOOCOMMERCE_CONSUMER_KEY": "ck",
    "WOOCOMMERCE_CONSUMER_SECRET": "cs",
    "ORDER_FILE_FOLDER": "orders",
}
TOLD = {
    "shopify": ("orders/create", SHOPIFY),
    "woocommerce": ("order.created", WOOCOMMERCE),
    "order_file": ("pull", IN_A_FILE),
}


def read(code, **changes):
    """The purchase as one channel tells it; a field changed to `...` is left out."""
    topic, document = TOLD[code]
    changed = {name: value for name, value in {**document, **changes}.items() if value is not ...}
    if code == "order_file":
        changed = {"file": "orders.jsonl", "line": 1, "order": changed}
    return build("channels", code, STORED).to_orders(topic, changed)


@pytest.mark.requirement("OF-07")
def test_one_purchase_is_the_same_order_from_every_channel():
    told = [order for code in TOLD for order in read(code)]
    shopify, woocommerce, file = (order.model_dump(exclude=OWN_TO_THE_CHANNEL) for order in told)
    assert shopify == woocommerce == file
    assert [order.source for order in told] == ["shopify", "woocommerce", "order_file"]


@pytest.mark.requirement("FUL-05")
@pytest.mark.parametrize("code", TOLD)
def test_items_quantities_and_the_address_are_captured_at_receipt(code):
    (order,) = read(code)
    assert [(line.sku, line.quantity, str(line.unit_price)) for line in order.lines] == [
        ("BOOT-41", 1, "$30.00"),
        ("SOCK", 2, "$5.00"),
    ]
    place = order.destination
    assert (place.line1, place.line2, place.postal_code) == ("1 Main St", "Floor 2", "78701")
    assert (place.city, place.region, place.country) == ("Austin", "TX", "US")


@pytest.mark.requirement("LANE-13")
@pytest.mark.parametrize("code", TOLD)
def test_every_field_the_intake_map_requires_is_named_when_it_is_missing(code):
    required = connectors_of("channels")[code].OrderDocument.model_json_schema()["required"]
    assert len(required) >= 4
    for name in required:
        also = {"current_total_price": "total_price", "id": "admin_graphql_api_id"}.get(name, name)
        with pytest.raises(Unreadable) as refusal:
            read(code, **{name: ..., also: ...})
        assert refusal.value.field.endswith(name)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("code", TOLD)
@given(chance=st.data(), value=JSON)
def test_whatever_stands_in_a_field_it_is_read_or_refused_by_name(code, chance, value):
    field = chance.draw(st.sampled_from(sorted(TOLD[code][1])))
    try:
        read(code, **{field: value})
    except Unreadable as refusal:
        assert refusal.field
