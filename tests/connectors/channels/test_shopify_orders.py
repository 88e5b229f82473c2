"""What becomes of an order in Shopify's words."""

import csv
import json
from datetime import UTC, datetime

import pytest
from shared_material import shared_path

from connectors.channels.shopify.mapping import orders_in
from connectors.documents import read_document
from connectors.errors import Unreadable
from orderflow.money import Money
from orderflow.order import PaymentStatus

BOB = {
    "number": "#1001",
    "placed_at": datetime(2008, 1, 10, 16, 0, tzinfo=UTC),
    "payment_status": PaymentStatus.AUTHORIZED,
    "total": Money.of("409.94", "USD"),
    "shipping_paid": Money.zero("USD"),
    "shipping_method": "Free Shipping",
    "customer.customer_id": "207119551",
    "customer.name": "Bob Norman",
    "customer.email": "bob.norman@hostmail.com",
    "customer.phone": "555-625-1199",
    "destination.line1": "Chestnut Street 92",
    "destination.city": "Louisville",
    "destination.region": "KY",
    "destination.postal_code": "40202",
    "destination.country": "US",
    "destination.latitude": 45.41634,
    "destination.longitude": -75.6868,
    "external_id": "450789469",
}
JON = {
    "external_id": "123456",
    "number": "#9999",
    "placed_at": datetime(2016, 5, 17, 4, 14, 36, tzinfo=UTC),
    "updated_at": datetime(2016, 5, 17, 8, 14, 36, tzinfo=UTC),
    "cancelled_at": datetime(2016, 5, 17, 8, 14, 36, tzinfo=UTC),
    "payment_status": PaymentStatus.FAILED,
    "shipping_paid": Money.of("10.00", "USD"),
    "shipping_method": "Generic Shipping",
    "customer.customer_id": "",
    "customer.name": "John Smith",
    "customer.email": "jon@doe.ca",
    "destination.name": "Steve Shipper",
    "destination.company": "Shipping Company",
    "destination.postal_code": "K2P0S0",
    "total": Money.of("9.50", "USD"),
}
JONS_LINES = [
    (1, "254721536", "", "Soda", 1, "0.00", None, {}),
    (2, "5", "", "Another Beer For Good Times", 1, "5.00", 500, {}),
]
ENGRAVED = {"Custom Engraving": "Happy Birthday"}
IPODS = [
    (
        1,
        "466157049",
        "IPOD2008GREEN",
        "IPod Nano - 8gb - green",
        1,
        "199.00",
        200,
        {"Custom Engraving": "Happy Birthday"},
    ),
    (2, "518995019", "IPOD2008RED", "IPod Nano - 8gb - red", 1, "199.00", 200, {}),
    (3, "703073504", "IPOD2008BLACK", "IPod Nano - 8gb - black", 1, "199.00", 200, {}),
]
COFFEES = [
    (1, "466157049", "", "Create Your Own Coffee 3 Pack", 1, "45.00", 1361,
     {"1st Coffee": "Coffee1", "2nd Coffee": "Coffee2", "3rd Coffee": "Coffee3", "Select Your Grind": "Ground"}),
    (2, "641254555689", "", "Create Your Own Coffee 3 Pack (8oz bags)", 1, "24.00", 680,
     {"By default may label with \"Roasted for ":
      "{\"Your First Name\": {\"\\\". If you want something specific on the label, enter it here:\": \"\"}}",
      "Select Your Grind": "Ground",
      "Coffees": "Coffee blend 1, Coffee blend 2, Coffee blend 3"}),
]  # fmt: skip
GOLDEN = {
    "pyapi_order": (BOB | {"attributes": {"custom engraving": "Happy Birthday", "colour": "green"}}, IPODS),
    "ruby_order_with_properties": (BOB | {"note": "Test note"}, COFFEES),
    "go_order": (JON, JONS_LINES),
    "go_orders": (JON, JONS_LINES),
    "go_order_with_transaction": (JON, JONS_LINES),
}
NOT_JSON = {"go_orderlineitems_properties_invalid0", "go_shippinglines_requested_fulfillment_service_id_invalid"}
WITHOUT_LINES = "pyapi_orders"


def payload(name: str) -> bytes:
    return (shared_path("data/payloads/shopify") / f"{name}.json").read_bytes()


def manifest() -> list[str]:
    rows = csv.DictReader(shared_path("data/payloads/MANIFEST.csv").read_text(encoding="utf-8").splitlines())
    return [row["file"].removeprefix("shopify/").removesuffix(".json") for row in rows]


def dug(order, path):
    for name in path.split("."):
        order = getattr(order, name)
    return order


def facts_of(line):
    weight = line.weight_grams
    return (line.line_no, line.line_id, line.sku, line.title, line.quantity, line.unit_price, weight, line.attributes)


def an_order(**more):
    order = {
        "id": 1,
        "admin_graphql_api_id": "gid://shopify/Order/1",
        "name": "#1",
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-02T00:00:00Z",
        "currency": "USD",
        "total_price": "10.00",
        "line_items": [a_line()],
    }
    return {**order, **more}


def a_line(**more):
    return {"id": 11, "sku": "A", "title": "Thing", "quantity": 1, "price": "10.00", "grams": 100, **more}


def read(**more):
    return orders_in("orders/create", an_order(**more))[0]


@pytest.mark.requirement("OF-03", "FUL-05")
@pytest.mark.parametrize("name", GOLDEN)
def test_a_real_order_is_read_exactly(name):
    wanted, lines = GOLDEN[name]
    (order,) = orders_in("orders/create", read_document(payload(name)))
    assert {path: dug(order, path) for path in wanted} == wanted
    assert [facts_of(line) for line in order.lines] == [
        (*line[:5], Money.of(line[5], "USD"), *line[6:]) for line in lines
    ]


def test_every_payload_is_an_order_or_nothing_or_named_as_unreadable():
    outcomes = {"orders": set(), "nothing": set(), "not json": set()}
    for name in manifest():
        try:
            document = read_document(payload(name))
        except Unreadable:
            outcomes["not json"].add(name)
            continue
        outcome = "orders" if name == WITHOUT_LINES or orders_in("pull", document) else "nothing"
        outcomes[outcome].add(name)
    assert outcomes["orders"] == {*GOLDEN, WITHOUT_LINES}
    assert outcomes["not json"] == NOT_JSON
    assert len(manifest()) == 41


def test_an_order_that_does_not_say_what_was_ordered_is_unreadable():
    with pytest.raises(Unreadable) as refusal:
        orders_in("orders/updated", read_document(payload(WITHOUT_LINES)))
    assert refusal.value.field == "orders[0].line_items"


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("go_orderlineitems_properties_empty_object", {}),
        ("go_orderlineitems_properties_ommited", {}),
        ("go_orderlineitems_properties_object", {"property 1": "3"}),
        ("go_orderlineitems_properties_invalid1", {"2": ""}),
        ("go_orderlineitems_properties_invalid2", {"2": ""}),
    ],
)
def test_properties_are_read_in_every_shape_they_come_in(name, attributes):
    order = read(line_items=[a_line(**read_document(payload(name)))])
    assert order.lines[0].attributes == attributes


def test_a_line_item_by_itself_is_read_exactly():
    (line,) = read(line_items=[read_document(payload("go_orderlineitems_valid"))]).lines
    assert facts_of(line) == (
        1, "254721536", "sku-123", "Soda", 1, Money.of("12.34", "USD"), 100, {"note 1": "one", "note 2": "2"}
    )  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "go_shippinglines_valid",
        "go_shippinglines_requested_fulfillment_service_id_null",
        "go_shippinglines_requested_fulfillment_service_id_number",
    ],
)
def test_a_shipping_line_is_the_method_and_what_was_paid_for_it(name):
    order = read(shipping_lines=[read_document(payload(name))])
    assert (order.shipping_method, order.shipping_paid) == ("Small Packet International Air", Money.of("4.00", "USD"))


def test_ids_come_from_the_global_id_because_the_plain_one_may_be_rounded():
    example = json.loads(shared_path("contracts/shopify/webhooks/orders/create.json").read_text())["response"]
    (order,) = orders_in("orders/create", example)
    assert example["id"] == 820982911946154500
    assert order.external_id == "820982911946154508"
    assert order.customer.customer_id == "115310627314723954"
    assert [line.line_id for line in order.lines][:2] == ["487817672276298554", "789012345678901234"]


@pytest.mark.parametrize("folder", ["orders", "fulfillments", "refunds", "inventory_levels", "products", "locations"])
def test_every_example_webhook_carries_its_order_or_none(folder):
    for path in shared_path(f"contracts/shopify/webhooks/{folder}").glob("*.json"):
        example = json.loads(path.read_text())
        carries = "line_items" in example["response"] and folder == "orders"
        assert len(orders_in(example["name"], example["response"])) == carries, path.name


@pytest.mark.parametrize("topic", ["refunds/create", "customers/redact", "draft_orders/create", "orders/delete"])
def test_a_topic_without_order_gives_none_even_if_the_body_looks_like_one(topic):
    assert orders_in(topic, an_order()) == ()


@pytest.mark.parametrize(
    ("status", "payment"),
    [
        ("paid", PaymentStatus.PAID),
        ("partially_paid", PaymentStatus.PENDING),
        (None, PaymentStatus.PENDING),
        ("voided", PaymentStatus.FAILED),
        ("partially_refunded", PaymentStatus.PARTIALLY_REFUNDED),
    ],
)
def test_the_payment_is_what_the_financial_status_says(status, payment):
    assert read(financial_status=status).payment_status is payment


@pytest.mark.parametrize(
    ("more", "tier", "customer_type"),
    [
        ({"customer": {"id": 5, "tags": "gold, VIP"}}, "VIP", "consumer"),
        ({"customer": {"id": 5, "tags": ["Wholesale"]}}, "standard", "b2b"),
        ({"tags": "vip, b2b"}, "VIP", "b2b"),
        ({"company": {"id": 7, "location_id": 8}}, "standard", "b2b"),
        ({}, "standard", "consumer"),
    ],
)
def test_tier_and_type_are_tags_of_the_customer_or_of_the_order(more, tier, customer_type):
    customer = read(**more).customer
    assert (customer.tier, customer.customer_type) == (tier, customer_type)


def test_what_was_removed_since_is_left_out_and_the_numbers_stay():
    lines = [a_line(id=1, quantity=2, current_quantity=0), a_line(id=2, quantity=3, current_quantity=1)]
    assert [(line.line_no, line.quantity) for line in read(line_items=lines).lines] == [(2, 1)]


def test_metafields_and_note_attributes_are_attributes():
    order = read(
        note_attributes=[{"name": "gift", "value": "yes"}],
        metafields=[{"namespace": "ops", "key": "dock", "value": "7"}],
    )
    assert order.attributes == {"gift": "yes", "ops.dock": "7"}
    assert order.gift


@pytest.mark.requirement("LANE-13")
@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"line_items": [a_line(quantity="two")]}, "line_items[0].quantity"),
        ({"line_items": [a_line(), a_line(price=None)]}, "line_items[1].price"),
        ({"line_items": [{"id": 1.5e17, "quantity": 1, "price": "1"}]}, "line_items[0].id"),
        ({"line_items": None}, "line_items"),
        ({"created_at": "yesterday"}, "created_at"),
        ({"created_at": "2026-01-01T00:00:00"}, "created_at"),
        ({"total_price": "NaN"}, "total_price"),
        ({"currency": "dollars"}, "currency"),
        ({"financial_status": "perhaps"}, "financial_status"),
        ({"admin_graphql_api_id": None, "id": None}, "id"),
    ],
)
def test_a_broken_order_is_unreadable_and_the_field_is_named(broken, field):
    with pytest.raises(Unreadable) as refusal:
        read(**broken)
    assert refusal.value.field == field


def test_an_unreadable_order_does_not_tell_whose_it_is():
    with pytest.raises(Unreadable) as refusal:
        read(shipping_address={"name": {"secret": "Ada Lovelace"}})
    assert "Ada" not in f"{refusal.value} {refusal.value.field} {refusal.value.__cause__}"
