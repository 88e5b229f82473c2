"""What other systems are told."""

import pytest
from notice_values import CUSTOMER, NOW, sample_order, sample_parcel, usd

from orderflow.notices.order_event import EventType, bottleneck_event, order_event


@pytest.mark.requirement("OF-161", "OF-162")
def test_an_event_names_no_person_and_no_place():
    event = order_event(EventType.SHIPPED, sample_order(), NOW, parcels=[sample_parcel()])
    told = event.model_dump_json()
    for secret in (CUSTOMER.name, CUSTOMER.email, CUSTOMER.phone, "12 Elm St", "Austin", "warehouse", "at the door"):
        assert secret not in told
    assert event.parcels[0].tracking_number == "774899132751"


@pytest.mark.requirement("OF-150")
def test_a_refund_is_an_event_for_those_who_move_money():
    event = order_event(EventType.REFUND_REQUESTED, sample_order(), NOW, refund=usd("187.50"))
    assert (event.type, event.refund) == ("order.refund_requested", usd("187.50"))


def test_a_bottleneck_is_about_a_stage_and_not_about_an_order():
    event = bottleneck_event("label", 40, NOW)
    assert (event.order, event.reason, event.waiting, event.total) == ("", "label", 40, None)
