"""Which carrier a parcel goes by is on record with the market's price, and what carriers did changes who is chosen."""

import pytest
from scenarios.floor import UP_TO_LABELS, Opener, ShopFloor, an_order

from connectors.database import carriage
from deployments.demo.orders import DemoOrder
from orderflow.shipping.performance import ClaimKind

SHIPPO = {"label_providers": ["shippo"], "label_limits_per_minute": {"shippo": 500}}


def sent(floor: ShopFloor) -> DemoOrder:
    order = an_order()
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "fulfilled"
    return order


def choice(floor: ShopFloor, order: DemoOrder) -> carriage.CarrierChoice:
    with floor.database.read() as conn:
        (found,) = carriage.choices_of(conn, [floor.stored(order).id]).values()
    return found


@pytest.mark.requirement("OF-140", "OF-143")
def test_the_choice_is_kept_with_what_the_market_asked(opener: Opener) -> None:
    floor = opener(fulfillment=SHIPPO)
    floor.stock(50)
    order = sent(floor)
    kept, (parcel,) = choice(floor, order), floor.shipments(order)
    assert (kept.carrier, kept.cost, kept.selection) == (parcel.carrier, parcel.cost, "cost_optimized")
    assert kept.offers > 1
    assert kept.market > kept.cost, "the cheapest is below the mean"
    assert "lowest cost" in kept.reason


@pytest.mark.postgresql
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
@pytest.mark.requirement("OF-143")
def test_a_carrier_whose_parcels_come_late_and_get_lost_is_left_for_another(opener: Opener, engine: str) -> None:
    soon = {"carrier_selection": "performance", "carrier_performance": {"prior_parcels": 1}}
    floor = opener(engine, fulfillment=SHIPPO | soon)
    floor.stock(50)
    first = sent(floor)
    usual = choice(floor, first).carrier
    assert "after 0 parcels" in choice(floor, first).reason
    for _ in range(6):
        (parcel,) = floor.shipments(sent(floor))
        with floor.database.write() as conn:
            assert carriage.claim(conn, parcel.id, ClaimKind.LOST, note="", actor="user:kim")
            assert not carriage.claim(conn, parcel.id, ClaimKind.LOST, note="again", actor="user:kim")
    # Another carrier did as many without a claim.
    other = "fedex" if usual != "fedex" else "ups"
    for _ in range(6):
        order = sent(floor)
        floor.change("UPDATE shipment SET carrier = :c WHERE order_id = :id", c=other, id=floor.stored(order).id)
    floor.change("UPDATE shipment SET promised_to = labelled_at - 1 WHERE carrier = :c", c=usual)
    floor.change("UPDATE shipment SET delivered_at = promised_to, state = 'delivered' WHERE carrier = :c", c=other)
    floor.clock.forward(minutes=11)
    with floor.database.read() as conn:
        records = {one.carrier: one for one in carriage.carrier_records(conn, 90)}
    assert (records[usual].labelled, records[usual].claims, records[usual].late) == (7, 6, 7)
    assert (records[other].labelled, records[other].claims, records[other].late) == (6, 0, 0)
    assert records[usual].tries >= 7
    assert records[usual].failures == 0
    assert choice(floor, sent(floor)).carrier != usual


@pytest.mark.requirement("OF-143")
def test_the_carrier_whose_quarter_it_is_is_taken_and_the_record_says_so(opener: Opener) -> None:
    floor = opener(fulfillment=SHIPPO | {"carrier_selection": "rotation", "carrier_rotation": ["ups"]})
    floor.stock(50)
    kept = choice(floor, sent(floor))
    assert (kept.carrier, kept.selection) == ("ups", "rotation")
    assert kept.reason.startswith("carrier of this quarter ups")


@pytest.mark.requirement("OF-140", "OF-80")
def test_the_routing_card_names_the_price_beside_the_markets(opener: Opener) -> None:
    floor = opener(fulfillment=SHIPPO)
    floor.stock(50)
    order = an_order(("TENT-4P", 1), tags=("VIP",))
    floor.deliver(order)
    floor.work()
    kept, (parcel,) = choice(floor, order), floor.shipments(order)
    cards = [str(row["blocks"]) for row in floor.books("slack", "messages") if row["channel"] == "#vip_orders"]
    assert any(f"{parcel.cost} (market average {kept.market})" in card for card in cards)
