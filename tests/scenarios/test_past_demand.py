"""A shop that asks for bid prices has its past orders reckoned with, and the decision keeps what it saw of them."""

from datetime import UTC, datetime, timedelta

import pytest
from scenarios.floor import Opener, an_order

from tasks.ingest import ingest_orders
from tasks.routing.route import route_orders

YESTERDAY = datetime.now(UTC) - timedelta(days=1)


@pytest.mark.requirement("OF-151")
def test_past_orders_make_the_units_near_their_customers_dearer_where_the_strategy_asks(opener: Opener) -> None:
    floor = opener(routing={"strategy": "bid_price"})
    floor.stock(20)
    floor.deliver(*(an_order(placed_at=YESTERDAY) for _ in range(6)))
    floor.work(ingest_orders)
    order = an_order()
    floor.deliver(order)
    floor.work(ingest_orders, route_orders)
    seen = {level.location: level.outlook for level in floor.decision(order).stock}
    nearest = seen["warehouse_east"]
    assert nearest is not None
    assert nearest.units > 0
    assert nearest.detour_minor > 0


def test_a_shop_that_does_not_ask_reads_no_past_orders(opener: Opener) -> None:
    floor = opener()
    floor.stock(3)
    order = an_order()
    floor.deliver(order)
    floor.work(ingest_orders, route_orders)
    assert floor.shop.past_demand is None
    assert all(level.outlook is None for level in floor.decision(order).stock)
