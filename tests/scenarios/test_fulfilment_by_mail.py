"""Drop-shipping by mail: one mail with a file for each shipment, and a person passes the supplier's answer on."""

from typing import Any

import httpx
import pytest
from partner_values import locations_of
from scenarios.floor import Opener, ShopFloor, an_order
from shop_floor import place

from connectors.database.fulfillment import open_handovers
from connectors.protocols import PartnerOrder, Stage
from tasks.fulfilling.answer import NotAtPartner, parcel_sent, pass_on
from tasks.fulfilling.count import count_partner


@pytest.fixture
def floor(opener: Opener) -> ShopFloor:
    opened = opener(locations=locations_of(kinds={"warehouse_east": "dropship"}, warehouse_east="drop_ship"))
    opened.stock(50, places=("warehouse_east",))
    return opened


def mailed(floor: ShopFloor, **more: Any):
    order = an_order(("LAMP-LED", 2), ("TENT-2P", 1), **more)
    place(floor.sandbox, order)
    floor.deliver(order)
    floor.work()
    return order


def orders_mailed(floor: ShopFloor) -> list[dict[str, Any]]:
    return [mail for mail in floor.books("sendgrid", "mails") if mail["recipient"] == "orders@supplier.example"]


def answered(floor: ShopFloor, order, told: PartnerOrder) -> str:
    return floor.by_hand(order, lambda claimed: pass_on(floor.shop, "person-1", claimed, told))


@pytest.mark.requirement("OF-60")
def test_a_drop_shipper_gets_one_mail_with_its_file_and_sends_the_parcel(floor):
    order = mailed(floor)
    floor.clock.forward(hours=2)
    floor.work()
    (mail,) = orders_mailed(floor)
    (shipment,) = floor.shipments(order)
    ((name, kind, size),) = mail["attachments"]
    assert (name, kind, size > 200) == (f"order-{shipment.id}.csv", "text/csv", True)
    assert "2 × LAMP-LED" in mail["text"] and "1 × TENT-2P" in mail["text"]
    assert shipment.id in mail["subject"]
    with floor.database.read() as conn:
        assert [(row.stage, row.id) for row in open_handovers(conn, limit=9)] == [(Stage.REQUESTED, shipment.id)]
    answered(floor, order, parcel_sent("ups", "1Z999"))
    floor.work()
    (shipment,) = floor.shipments(order)
    assert (floor.status(order), shipment.tracking_number, shipment.source.value) == ("fulfilled", "1Z999", "dropship")
    assert [row["state"] for row in floor.outbox(kind="shipment")] == ["sent"]


def test_an_order_the_supplier_turns_down_goes_from_elsewhere(floor):
    order = mailed(floor)
    floor.stock(50, places=("warehouse_central",))
    answered(floor, order, PartnerOrder("", Stage.REJECTED, reason="discontinued"))
    floor.work()
    assert [(row.location, row.state) for row in floor.shipments(order)] == [("warehouse_central", "labelled")]
    with pytest.raises(NotAtPartner, match="0 such shipments"):
        answered(floor, order, PartnerOrder("", Stage.ACCEPTED))


def test_a_confirmed_order_is_not_asked_about_by_a_case(floor):
    order = mailed(floor)
    answered(floor, order, PartnerOrder("", Stage.ACCEPTED))
    floor.clock.forward(hours=30)
    floor.work()
    assert floor.hold(order) is None
    with floor.database.read() as conn:
        assert [row.stage for row in open_handovers(conn, limit=9)] == [Stage.ACCEPTED]


@pytest.mark.requirement("OF-15")
@pytest.mark.parametrize(("partner", "building"), [("warehouse", "DOCK-1"), ("shipbob", "7"), ("third_party", "3")])
def test_what_a_partner_has_is_our_stock_at_its_location(opener, partner, building):
    places = locations_of(warehouse_east=partner)
    places[0]["channel_ids"] |= {partner: building}
    floor = opener(locations=places)
    levels = [{"place": building, "sku": "LAMP-LED", "on_hand": 7}, {"place": "99", "sku": "LAMP-LED", "on_hand": 5}]
    httpx.post(f"{floor.sandbox.address}/{partner}/_stock", json={"levels": levels}).raise_for_status()
    assert floor.run(count_partner.fn(floor.shop, partner)) == []
    found = floor.rows("SELECT location, on_hand FROM stock WHERE sku = 'LAMP-LED'")
    assert found == [{"location": "warehouse_east", "on_hand": 7}]
    levels[0]["on_hand"] = 4
    httpx.post(f"{floor.sandbox.address}/{partner}/_stock", json={"levels": levels}).raise_for_status()
    (drift,) = floor.run(count_partner.fn(floor.shop, partner))
    assert (drift.location, drift.shown, drift.ours) == ("warehouse_east", 4, 7)


def test_a_partner_among_the_sources_of_stock_is_counted_where_a_location_has_it_and_idle_where_none_has(opener):
    sync = {"sources": ["shopify", "warehouse", "shipbob"]}
    floor = opener(locations=locations_of(warehouse_east="warehouse"), inventory_sync=sync, channels=["shopify"])
    assert (floor.shop.stock_sources, floor.shop.partners) == (("shopify",), ("warehouse",))
    assert floor.shop.idle_sources == ("shipbob",)
    assert floor.shop.availability_takers == ("shopify",)


@pytest.mark.requirement("OMS-10")
def test_one_warehouse_and_shipstation_is_all_a_small_shop_needs(opener):
    floor = opener(
        locations=locations_of()[:1],
        routing={"primary_location": "warehouse_east", "fallback_chain": []},
        routing_rules=[],
        fulfillment={"label_providers": ["shipstation"]},
    )
    floor.stock(9, places=("warehouse_east",))
    order = mailed(floor)
    assert (floor.status(order), [row["carrier"] for row in floor.labels(order)]) == ("fulfilled", ["usps"])
    assert orders_mailed(floor) == []
