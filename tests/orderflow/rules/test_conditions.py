"""Every condition there is, evaluated once where it holds and once where it does not."""

from datetime import timedelta

import pytest

from orderflow.rules.condition import all_conditions
from orderflow.rules.rule_set import RuleSet

LA_STOCK = {("warehouse_la", "SKU123"): 5}
IN_LA = {"destination": {"latitude": 34.1, "longitude": -118.3}}

# What is asked, what an order that passes has, and what an order that does not pass has instead.
CASES = [
    ("source", "shopify", {}, {"source": "woocommerce"}),
    ("order_number", {"starts_with": "10"}, {}, {"number": "2001"}),
    ("order_value", {"gt": 99.99}, {}, {"total": "99.99"}),
    ("currency", "EUR", {"currency": "EUR"}, {}),
    ("shipping_paid", {"gte": "9 USD"}, {"shipping_paid": {"amount": "9", "currency": "USD"}}, {}),
    ("payment_status", "paid", {"payment_status": "paid"}, {}),
    ("is_paid", True, {"payment_status": "paid"}, {"payment_status": "authorized"}),
    ("is_gift", True, {"gift": True}, {}),
    ("note", {"contains": "ring the bell"}, {"note": "Please ring the bell."}, {}),
    ("tags", "wholesale", {"tags": ("wholesale",)}, {"tags": ("retail",)}),
    ("attribute(engraving)", {"exists": True}, {"attributes": {"engraving": "A"}}, {}),
    ("customer_tier", "VIP", {"customer": {"tier": "VIP"}}, {}),
    ("customer_type", "b2b", {"customer": {"customer_type": "B2B"}}, {}),
    ("customer_id", "77", {"customer": {"customer_id": "77"}}, {}),
    ("customer_tags", "press", {"customer": {"tags": ("press",)}}, {}),
    ("customer_order_count", {"gte": 10}, {"customer": {"order_count": 10}}, {"customer": {"order_count": 9}}),
    ("is_returning_customer", True, {"customer": {"order_count": 2}}, {"customer": {"order_count": 1}}),
    ("preferred_carrier", "ups", {"customer": {"preferred_carrier": "ups"}}, {}),
    ("customer_notify_by", "sms", {"customer": {"notify_by": "sms"}}, {}),
    ("customer_email_domain", "shop.example", {"customer": {"email": "a@shop.example"}}, {}),
    ("has_phone", True, {"destination": {"phone": "1"}}, {}),
    ("line_count", {"lt": 1}, {"lines": ()}, {}),
    ("unit_count", {"gte": 3}, {"lines": [{"quantity": 2}, {}]}, {}),
    ("sku_count", 2, {"lines": [{}, {"sku": "B"}]}, {"lines": [{}, {}]}),
    ("product_category", "toys", {"lines": [{"category": "books"}, {"category": "Toys"}]}, {}),
    ("sku", "SKU123", {}, {"lines": [{"sku": "B"}]}),
    ("variant", "XL", {"lines": [{"variant": "XL"}]}, {}),
    ("product_title", {"starts_with": "widget"}, {"lines": [{"title": "Widget Pro"}]}, {}),
    ("highest_unit_price", {"gt": 50}, {"lines": [{}, {"price": "51"}]}, {}),
    ("lowest_unit_price", {"lt": 5}, {"lines": [{}, {"price": "4"}]}, {}),
    ("highest_line_value", {"gte": 20}, {"lines": [{"quantity": 2}]}, {}),
    ("largest_quantity", {"gt": 8}, {"lines": [{"quantity": 9}]}, {}),
    ("total_weight_grams", {"gte": 1200}, {"lines": [{"quantity": 3}]}, {"lines": [{"weight_grams": None}]}),
    ("heaviest_unit_grams", {"gt": 900}, {"lines": [{}, {"weight_grams": 901}]}, {}),
    ("needs_shipping", True, {}, {"lines": [{"requires_shipping": False}]}),
    ("has_digital_items", True, {"lines": [{}, {"requires_shipping": False}]}, {}),
    ("has_unknown_weight", True, {"lines": [{"weight_grams": None}]}, {}),
    ("has_unknown_sku", False, {"facts": {"known_skus": frozenset({("SKU123", "")})}}, {}),
    ("line_sku", "B", {"lines": [{}, {"sku": "b"}]}, {}),
    ("line_variant", "XL", {"lines": [{"variant": "xl"}]}, {}),
    ("line_title", {"contains": "pro"}, {"lines": [{"title": "Widget Pro"}]}, {}),
    ("line_category", "toys", {"lines": [{"category": "toys"}]}, {}),
    ("line_quantity", {"gt": 1}, {"lines": [{"quantity": 2}]}, {}),
    ("line_unit_price", {"gt": 10}, {"lines": [{"price": "10.01"}]}, {}),
    ("line_value", {"gt": 19.99}, {"lines": [{"quantity": 2}]}, {}),
    ("line_weight_grams", {"gt": 400}, {"lines": [{"weight_grams": 401}]}, {}),
    ("line_requires_shipping", False, {"lines": [{"requires_shipping": False}]}, {}),
    ("line_attribute(colour)", "red", {"lines": [{"attributes": {"colour": "Red"}}]}, {}),
    ("line_stock(warehouse_la)", {"gte": 5}, {"stock": LA_STOCK}, {}),
    ("destination_country", "DE", {"destination": {"country": "DE"}}, {}),
    ("destination_region", "CA", {"destination": {"region": "CA"}}, {}),
    ("destination_city", "Boston", {"destination": {"city": "BOSTON"}}, {}),
    ("destination_postal_code", {"starts_with": "90"}, {"destination": {"postal_code": "90001"}}, {}),
    ("is_international", True, {"destination": {"country": "DE"}}, {"destination": {"country": ""}}),
    ("is_company_address", True, {"destination": {"company": "ACME"}}, {}),
    ("is_po_box", True, {"destination": {"line1": "P.O. Box 7"}}, {"destination": {"line1": "7 Box St"}}),
    ("has_coordinates", True, IN_LA, {}),
    ("distance_km(warehouse_la)", {"lt": 20}, IN_LA, {}),
    ("nearest_warehouse", "warehouse_la", IN_LA, {"destination": {"latitude": 40.0, "longitude": -74.0}}),
    ("primary_warehouse_stock", {"gte": 5}, {"stock": LA_STOCK, "policy": {"primary_location": "warehouse_la"}}, {}),
    ("primary_warehouse_in_stock", True, {"stock": LA_STOCK, "policy": {"primary_location": "warehouse_la"}}, {}),
    ("stock(warehouse_la, SKU9)", {"gt": 0}, {"stock": {("warehouse_la", "SKU9"): 1}}, {"stock": LA_STOCK}),
    ("stock(warehouse_la)", {"gt": 4}, {"stock": LA_STOCK}, {"stock": LA_STOCK, "lines": [{}, {"sku": "B"}]}),
    ("total_stock", 6, {"stock": LA_STOCK | {("warehouse_east", "SKU123"): 1}}, {"stock": LA_STOCK}),
    ("in_stock(warehouse_la)", True, {"stock": LA_STOCK}, {"stock": LA_STOCK, "lines": [{"quantity": 3}] * 2}),
    ("locations_in_stock", {"gte": 1}, {"stock": LA_STOCK}, {}),
    ("short_sku_count", 0, {"stock": LA_STOCK}, {"stock": LA_STOCK, "lines": [{"quantity": 6}]}),
    ("needs_split", True, {"stock": LA_STOCK | {("warehouse_east", "SKU123"): 1}, "lines": [{"quantity": 6}]}, {}),
    ("stock_age_minutes(warehouse_la)", {"lt": 1}, {"stock": LA_STOCK}, {}),
    ("orders_today(warehouse_la)", {"gte": 40}, {"facts": {"load": {"warehouse_la": 40}}}, {}),
    ("capacity_left(warehouse_la)", {"lt": 1}, {"places": {"warehouse_la": {"capacity_per_day": 0}}}, {}),
    ("shipping_method", "express", {"shipping_method": "Express"}, {}),
    ("has_requested_date", True, {"requested_by": "2024-11-08T12:00:00Z"}, {}),
    ("cheapest_rate(warehouse_la)", {"lte": 5}, IN_LA, {}),
    ("cheapest_shipping_cost", {"lte": 5}, IN_LA, {"lines": [{"weight_grams": None}]}),
    ("fastest_days(warehouse_la)", {"lte": 1}, IN_LA, {}),
    ("carriers_from(warehouse_la)", "ups", {}, {"destination": {"country": "DE"}}),
    ("ships_international(warehouse_la)", True, {"places": {"warehouse_la": {"ships_international": True}}}, {}),
    ("customs_ready", True, {"policy": {"customs_ready": True}}, {}),
    ("risk", "high", {"risk": "high"}, {"risk": "low"}),
    ("has_address_problem", True, {"facts": {"address_problem": ("line1", "is missing")}}, {}),
    ("address_problem_field", "line1", {"facts": {"address_problem": ("line1", "is missing")}}, {}),
    ("is_cancelled", True, {"cancelled_at": "2024-11-05T10:00:00Z"}, {}),
    ("order_age_minutes", {"gte": 60}, {"placed_at": "2024-11-05T14:00:00Z"}, {}),
    ("placed_hour", 14, {"placed_at": "2024-11-05T14:59:00Z"}, {}),
    ("placed_weekday", 2, {}, {"placed_at": "2024-11-04T14:59:00Z"}),
    ("placed_date", {"between": ["2024-11-04", "2024-11-04"]}, {"placed_at": "2024-11-04T23:59:00Z"}, {}),
    ("current_hour", {"gte": 15}, {}, {"policy": {"primary_location": "warehouse_east"}}),
    ("current_weekday", {"in": [6, 7]}, {"later": timedelta(days=4)}, {}),
    ("current_date", {"gte": "2024-11-06"}, {"later": timedelta(days=1)}, {}),
    ("current_month", 12, {"later": timedelta(days=26)}, {}),
    ("days_until_requested", {"lte": 3}, {"requested_by": "2024-11-08T12:00:00Z"}, {}),
    ("is_before_cutoff(warehouse_la)", True, {"places": {"warehouse_la": {"cutoff": "15:01"}}}, {}),
    ("is_pickup_day(warehouse_la)", True, {}, {"places": {"warehouse_la": {"holidays": ("2024-11-05",)}}}),
]

EAST_TIME = {"warehouse_east": {"timezone": "America/New_York"}}


def facts_from(facts_of, line_of, changes: dict):
    changes = {"places": EAST_TIME} | changes
    if "lines" in changes:
        changes["lines"] = tuple(line_of(index, **line) for index, line in enumerate(changes["lines"], start=1))
    if "later" in changes:
        changes["facts"] = {"now": facts_of().now + changes.pop("later")}
    return facts_of(**changes)


@pytest.mark.requirement("OF-31", "OF-32")
@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_a_condition_tells_orders_apart(facts_of, line_of, case):
    reference, asked, passing, failing = case
    conditions = {reference: asked}
    if reference.startswith("line_") and reference != "line_count":
        conditions = {"lines": {"any": conditions}}
    rules = RuleSet.model_validate({"rules": [{"id": "a", "conditions": conditions}]})
    answers = [bool(rules.evaluate(facts_from(facts_of, line_of, one)).matches) for one in (passing, failing)]
    assert answers == [True, False]


@pytest.mark.requirement("OF-31")
def test_there_are_more_than_fifty_conditions_and_each_is_tested_here():
    assert len(all_conditions()) >= 55
    assert {case[0].partition("(")[0] for case in CASES} == set(all_conditions())


@pytest.mark.requirement("OF-31")
def test_every_condition_describes_itself_for_the_form():
    groups = {"order", "customer", "items", "destination", "stock", "shipping", "risk", "timing"}
    assert {one.group for one in all_conditions().values()} == groups
    for one in all_conditions().values():
        assert one.sentence, one.code
        assert one.form_field in {"text", "text_list", "number", "money", "toggle", "date", "choice"}
        assert one.unit or one.kind != "number", one.code


@pytest.mark.requirement("OF-32")
@pytest.mark.parametrize(
    "code", ["customer_tier", "order_value", "destination_country", "product_category", "primary_warehouse_stock"]
)
def test_the_named_fields_are_conditions(code):
    assert code in all_conditions()
