"""The same purchase, told by five channels, is the same order."""

import pytest
from channel_variables import channel_variables
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import Unreadable
from connectors.registry import build, connectors_of

OTHERS = ("BIGCOMMERCE_", "CUSTOM_REST_")

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

AT_BIGCOMMERCE = {
    "first_name": "Ada", "last_name": "Byron", "company": "Engines Ltd", "street_1": "1 Main St",
    "street_2": "Floor 2", "city": "Austin", "state": "Texas", "zip": "78701", "country_iso2": "US",
    "phone": "5125550100", "email": "ada@example.com",
}  # fmt: skip
BIGCOMMERCE = {
    "id": 250,
    "status_id": 11,
    "payment_status": "captured",
    "currency_code": "USD",
    "total_inc_tax": "44.9000",
    "shipping_cost_ex_tax": "4.9000",
    "date_created": "Fri, 20 Nov 2026 10:00:00 +0000",
    "date_modified": "Fri, 20 Nov 2026 10:05:00 +0000",
    "customer_message": "leave at door",
    "customer_group": "VIP",
    "billing_address": AT_BIGCOMMERCE,
    "shipping_addresses": [{**AT_BIGCOMMERCE, "shipping_method": "Standard"}],
    "products": [
        {"id": 31, "sku": "BOOT-41", "name": "Boots", "quantity": 1, "price_ex_tax": "30.0000"},
        {"id": 32, "sku": "SOCK", "name": "Socks", "quantity": 2, "price_ex_tax": "5.0000"},
    ],
}
DESCRIBED = {
    "no": 1001,
    "label": "S-1001",
    "placed": 1795168800,
    "changed": 1795169100,
    "state": "settled",
    "amounts": {"currency": "USD", "total_cents": 4490, "postage_cents": 490},
    "postage": "Standard",
    "remark": "leave at door",
    "buyer": {"name": "Ada Byron", "mail": "ada@example.com", "phone": "5125550100", "groups": [{"name": "VIP"}]},
    "deliver_to": {
        "name": "Ada Byron", "firm": "Engines Ltd", "street": "1 Main St", "floor": "Floor 2", "town": "Austin",
        "region": "TX", "post code": "78701", "country": "US", "phone": "5125550100",
    },
    "articles": [
        {"row": 1, "article": "BOOT-41", "title": "Boots", "pieces": 1, "each_cents": 3000},
        {"row": 2, "article": "SOCK", "title": "Socks", "pieces": 2, "each_cents": 500},
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
    **{name: text for name, text in channel_variables("http://shop.example").items() if name.startswith(OTHERS)},
}
TOLD = {
    "shopify": ("orders/create", SHOPIFY),
    "woocommerce": ("order.created", WOOCOMMERCE),
    "order_file": ("pull", IN_A_FILE),
    "bigcommerce": ("store/order/created", BIGCOMMERCE),
    "custom_rest": ("order", DESCRIBED),
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
    first, *others = (order.model_dump(exclude=OWN_TO_THE_CHANNEL) for order in told)
    assert others == [first] * 4
    assert [order.source for order in told] == list(TOLD)


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


# Other names under which a channel would find the field; those of the described shop are in its map.
ALSO_CALLED = {
    "current_total_price": "total_price",
    "id": "admin_graphql_api_id",
    "order_id": "no",
    "placed_at": "placed",
    "lines": "articles",
}


@pytest.mark.requirement("LANE-13")
@pytest.mark.parametrize("code", TOLD)
def test_every_field_the_intake_map_requires_is_named_when_it_is_missing(code):
    required = connectors_of("channels")[code].OrderDocument.model_json_schema()["required"]
    assert len(required) >= 4
    for name in required:
        also = ALSO_CALLED.get(name, name)
        inside = {"amounts": {}} if (code, name) == ("custom_rest", "currency") else {}
        with pytest.raises(Unreadable) as refusal:
            read(code, **{name: ..., also: ..., **inside})
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
