"""The whole account of a decision, read as an operator reads it."""

from routing_values import CENTRAL, EAST, WEST, facts, line, order

from orderflow.explanation import explain
from orderflow.order import PaymentStatus
from orderflow.routing import decide
from orderflow.rules.rule_set import RuleSet


def test_the_account_says_why_here_and_why_not_there():
    held = {EAST.code: {"SKU123": 9}, CENTRAL.code: {"SKU123": 9}, WEST.code: {"SKU123": 1}}
    account = explain(decide(facts(order(line(1, "SKU123", 2)), held), RuleSet()))
    assert account == [
        "ship: lowest shipping cost ($5.50 vs $8.50)",
        "Shipment 1 from warehouse_east (warehouse): 2 × SKU123, 1000 g, standard for $5.50, "
        "promised between 2026-03-12 13:00 and 2026-03-15 00:00 UTC.",
        "Tried the best location for the whole order (most points): warehouse_east can, for $5.50.",
        "Instead, from warehouse_central for $8.50 in 3 days: costs $3.00 more, arrives 1 day later.",
        "warehouse_central, 91.5 points, not chosen: points 91.5 against 94.5; "
        "ships the whole order for $8.50 against $5.50 from warehouse_east; arrives 2026-03-13 against 2026-03-12.",
        "  +50 stock: holds all 2 units.",
        "  +50 speed: arrives 2026-03-13, due 2026-03-17.",
        "  -8.5 cost: $8.50 for the whole order.",
        "  +0 utilization: no daily capacity set.",
        "  +0 stale_stock: stock count is fresh.",
        "  Would win at a rate of at most $5.50.",
        "warehouse_east, 94.5 points, chosen.",
        "  +50 stock: holds all 2 units.",
        "  +50 speed: arrives 2026-03-12, due 2026-03-17.",
        "  -5.5 cost: $5.50 for the whole order.",
        "  +0 utilization: no daily capacity set.",
        "  +0 stale_stock: stock count is fresh.",
        "  Would lose with 8 × SKU123 fewer, or at a rate of at least $8.50, or arriving 2026-03-18 or later.",
        "warehouse_west, -61.5 points, not chosen: holds 1 of 2 SKU123.",
        "  -100 stock: holds 1 of 2 SKU123.",
        "  +50 speed: arrives 2026-03-16, due 2026-03-17.",
        "  -11.5 cost: $11.50 for the whole order.",
        "  +0 utilization: no daily capacity set.",
        "  +0 stale_stock: stock count is fresh.",
        "  Would win with 1 × SKU123 more and at a rate of at most $5.49.",
        "Route score 10/10, confidence 53%.",
    ]


def test_the_account_of_a_hold_says_where_it_hurts_and_what_helps():
    account = explain(decide(facts(order(payment_status=PaymentStatus.FAILED), {}), RuleSet()))
    assert account[1] == (
        "Hold payment/payment_failed at payment_status: The sales channel says the payment is failed. "
        "Ask the customer for another payment, or cancel the order."
    )


def test_the_account_of_a_backorder_says_what_waits():
    account = explain(decide(facts(order(line(1, "SKU123", 2)), {EAST.code: {"SKU123": 0}}), RuleSet()))
    assert "Waiting: 2 × SKU123 (line 1)." in account
