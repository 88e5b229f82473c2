"""What customers are told, and what they are never told."""

from datetime import timedelta

import pytest
from notice_values import (
    LETTERHEAD,
    NOW,
    WIDGETS,
    customer_notices,
    planned,
    sample_backorder,
    sample_decision,
    sample_order,
    sample_parcel,
)

from orderflow.notices.customer.backorder_notice import BackorderNotice, backorder_notice, lead_time, restock_window
from orderflow.notices.customer.delivery_notices import (
    DelayNotice,
    DeliveredNotice,
    ShippedNotice,
    delay_notice,
    shipped_notice,
)
from orderflow.notices.customer.order_summary import OrderSummary, order_summary
from orderflow.notices.notice import CustomerNotice
from orderflow.notices.order_event import OrderEvent
from orderflow.notices.purchase_order import SupplierNotice

CUSTOMER_NOTICES = [OrderSummary, ShippedNotice, DelayNotice, DeliveredNotice, BackorderNotice]
OURS_ALONE = ("warehouse", "location", "stock", "on_hand", "available", "reserved", "score", "confidence", "note")


@pytest.mark.parametrize("notice", [*CUSTOMER_NOTICES, OrderEvent, SupplierNotice])
@pytest.mark.requirement("OF-161")
def test_what_leaves_the_house_has_no_field_for_stock_or_locations(notice):
    schema = str(notice.model_json_schema()["properties"]).lower().replace("restock", "")
    assert not [word for word in OURS_ALONE if f"'{word}" in schema]


@pytest.mark.requirement("OF-161")
def test_no_customers_notice_repeats_stock_levels_or_where_it_ships_from():
    for notice in customer_notices().values():
        told = notice.model_dump_json().lower()
        assert "warehouse" not in told
        assert "47" not in told.replace("774899132751", "")
        assert "leave at the door" not in told


@pytest.mark.requirement("OF-150")
def test_every_customers_notice_is_about_an_order_of_theirs():
    assert {type(notice) for notice in customer_notices().values()} == set(CUSTOMER_NOTICES)
    assert {kind.__name__ for kind in CustomerNotice.__subclasses__()} == {
        *("OrderSummary", "ParcelNotice", "BackorderNotice"),
    }
    assert all(notice.order == "#ORD-2024-087654" for notice in customer_notices().values())


@pytest.mark.requirement("OF-25")
def test_the_summary_promises_the_days_of_the_chosen_location():
    two_days = order_summary(sample_order(), sample_decision(planned(days=2)), LETTERHEAD)
    five_days = order_summary(sample_order(), sample_decision(planned(days=5)), LETTERHEAD)
    assert two_days.parcels[0].promise == "2-day delivery"
    assert five_days.parcels[0].promise == "5-day delivery"
    ruled = sample_decision(planned(days=3), actions={"delivery_days": 2})
    assert order_summary(sample_order(), ruled, LETTERHEAD).parcels[0].promise == "2-day delivery"


def test_the_summary_announces_every_parcel_with_its_own_day():
    split = customer_notices()["order_summary_split"]
    assert [(p.items, p.promise, p.arrives) for p in split.parcels] == [
        (("11x Widget Pro",), "2-day delivery", "Jan 18–20"),
        (("1x Widget Pro",), "5-day delivery", "Jan 21–23"),
    ]


@pytest.mark.requirement("OMS-57")
def test_each_parcels_notice_lists_its_items_and_the_ones_still_to_come():
    first = shipped_notice(sample_order(), sample_parcel(1, 7, 2), LETTERHEAD)
    assert (first.items, first.remaining) == (("7x Widget Pro",), ("5x Widget Pro",))
    sent = [WIDGETS.model_copy(update={"quantity": 7})]
    second = shipped_notice(sample_order(), sample_parcel(2, 5, 2), LETTERHEAD, shipped_before=sent)
    assert (second.items, second.remaining) == (("5x Widget Pro",), ())
    assert (first.parcel, second.parcel) == ("parcel 1 of 2", "parcel 2 of 2")


@pytest.mark.requirement("FUL-13")
def test_the_shipped_notice_tells_tracking_number_and_day_in_its_text_message_too():
    notice = shipped_notice(sample_order(), sample_parcel(), LETTERHEAD)
    assert (notice.tracking_number, notice.arrives) == ("774899132751", "Jan 18–20")
    assert notice.short_text == (
        "Widget House: order #ORD-2024-087654 shipped by FedEx 2-Day 774899132751. "
        "Arrives Jan 18-20. https://track.example.com/774899132751"
    )


def test_a_delay_without_a_new_day_promises_none():
    notice = delay_notice(sample_order(), sample_parcel(), LETTERHEAD)
    assert notice.arrives == ""
    assert "We are looking into it" in notice.short_text


@pytest.mark.requirement("OMS-25")
@pytest.mark.parametrize(
    ("days", "text"),
    [
        ((14, 21), "Ships in 2–3 weeks"),
        ((15, 20), "Ships in 3 weeks"),
        ((14, 14), "Ships in 2 weeks"),
        ((5, 7), "Ships in 5–7 days"),
        ((1, 1), "Ships in 1 day"),
        ((-3, 0), "Ships in 1 day"),
    ],
)
def test_the_lead_time_is_told_in_days_or_weeks(days, text):
    earliest, latest = (NOW + timedelta(days=count) for count in days)
    assert lead_time(earliest, latest, NOW) == text


@pytest.mark.requirement("OMS-26")
def test_a_backorder_names_the_day_of_the_purchase_order_else_the_usual_span():
    due = NOW + timedelta(days=6)
    known = backorder_notice(sample_order(), [WIDGETS], LETTERHEAD, restock=restock_window(NOW, due), now=NOW)
    assert (known.restock_date, known.lead_time) == ("Jan 22", "Ships in 6 days")
    usual = sample_backorder()
    assert (usual.restock_date, usual.lead_time) == ("Jan 30 – Feb 6", "Ships in 2–3 weeks")
    overdue = restock_window(NOW, NOW - timedelta(days=1))
    assert overdue == restock_window(NOW, None)


def test_a_backorder_offers_to_wait_or_to_cancel_and_names_what_ships_now():
    notice = sample_backorder(units=5)
    assert notice.items == ("5x Widget Pro",)
    assert notice.shipping_now == ("7x Widget Pro",)
    assert (notice.wait_link, notice.cancel_link) == (
        "https://widget.example.com/w/1",
        "https://widget.example.com/c/1",
    )
