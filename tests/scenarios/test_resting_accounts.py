"""An account whose service asked for rest is left alone by every order and every worker, until the rest is over."""

import pytest
from scenarios.floor import Opener, ShopFloor, an_order

from tasks.ingest import ingest_orders
from tasks.labelling.label import label_orders
from tasks.routing.route import route_orders

SHIPPO_ONLY = {"label_providers": ["shippo"], "label_limits_per_minute": {"shippo": 500}}
REST_SECONDS = 40


def asked_to_rest(opener: Opener) -> ShopFloor:
    """Two orders wait for their labels; the first one asked for was answered 429."""
    floor = opener(fulfillment=SHIPPO_ONLY | {"batch_size": 1})
    floor.stock(50)
    floor.deliver(an_order(), an_order())
    floor.work(ingest_orders, route_orders)
    floor.sandbox.fail("shippo", "buy", "rate_limited", count=1, seconds=REST_SECONDS)
    floor.do(label_orders)
    return floor


@pytest.mark.requirement("LANE-17")
def test_what_one_order_was_told_holds_for_the_next_one(opener: Opener) -> None:
    floor = asked_to_rest(opener)
    floor.do(label_orders)
    assert floor.labels() == [], "the account rests for the second order too"
    floor.clock.forward(seconds=REST_SECONDS + 5)
    floor.work(label_orders)
    assert len(floor.labels()) == 2
    floor.books_agree()


@pytest.mark.requirement("LANE-17")
def test_a_rest_costs_an_order_no_try_but_the_one_that_was_told(opener: Opener) -> None:
    floor = asked_to_rest(opener)
    for _ in range(3):
        floor.do(label_orders)
    tries = sorted(row["attempts"] for row in floor.rows("SELECT attempts FROM orders"))
    assert tries == [0, 1]
