"""The routing card."""

import pytest
from notice_values import LETTERHEAD, TITLES, planned, sample_card, sample_decision, sample_order

from orderflow.decision import Outcome
from orderflow.notices.staff.routing_card import EffectState, LabelEffect, RoutingEffects, label_state, routing_card

PENDING, FAILED = EffectState.PENDING, EffectState.FAILED


@pytest.mark.requirement("OUT-01")
def test_the_card_shows_order_customer_total_and_items():
    card = sample_card()
    assert card.order == "#ORD-2024-087654"
    assert card.customer == "Dana Whitfield (VIP)"
    assert card.total == "$2,450.00"
    assert card.items == ("12x Widget Pro", "4x ServicePack")


@pytest.mark.requirement("OUT-02", "OUT-03", "OUT-04", "OUT-05")
def test_the_card_shows_where_why_how_much_is_left_and_when():
    card = sample_card()
    assert card.location == "Warehouse East"
    assert card.reason == "VIP priority + lowest shipping cost ($45 vs $89)"
    assert card.stock_check == ("47 units available",)
    assert card.delivery_window == "Jan 18–20"


@pytest.mark.requirement("OUT-06", "OUT-07")
def test_the_card_ticks_what_was_done():
    card = sample_card()
    assert card.label_state == "Generated & queued to printer"
    assert card.actions == (
        "✓ Label generated: FedEx 2-Day",
        "✓ Inventory reserved: 12x WIDGET-PRO",
        "✓ Customer e-mailed",
        "✓ #fulfillment alerted",
    )


@pytest.mark.requirement("OUT-07")
def test_the_card_ticks_nothing_that_was_not_done():
    label = LabelEffect(carrier="fedex", service="2-Day", state=FAILED)
    effects = RoutingEffects(labels=(label,), customer_mail=PENDING, alerts=(("#fulfillment", FAILED),))
    assert sample_card(effects).actions == (
        "✗ Label failed: FedEx 2-Day",
        "… Customer e-mail waiting",
        "✗ #fulfillment alert failed",
    )
    assert sample_card(RoutingEffects()).actions == ()


@pytest.mark.requirement("OUT-06")
def test_the_label_state_is_that_of_the_parcel_furthest_behind():
    def label(state: EffectState, printing: EffectState | None = None) -> LabelEffect:
        return LabelEffect(carrier="ups", service="", state=state, printing=printing)

    done = label(EffectState.DONE, EffectState.DONE)
    assert label_state(()) == "Not generated yet"
    assert label_state((done, label(FAILED))) == "Failed"
    assert label_state((done, label(PENDING))) == "Being generated"
    assert label_state((done, label(EffectState.DONE, PENDING))) == "Generated"


@pytest.mark.requirement("OUT-08")
def test_the_card_shows_confidence_and_score_only_if_they_are_known():
    assert (sample_card().confidence, sample_card().route_score) == ("98 %", "9.2/10")
    unknown = sample_decision(confidence=None, route_score=None)
    card = routing_card(sample_order(), unknown, RoutingEffects(), TITLES, LETTERHEAD)
    assert (card.confidence, card.route_score) == ("n/a", "n/a")


def test_a_split_order_names_every_location_and_its_stock():
    decision = sample_decision(planned(units=11), planned(2, "warehouse_central", units=1))
    card = routing_card(sample_order(), decision, RoutingEffects(), TITLES, LETTERHEAD)
    assert card.location == "Warehouse East + Warehouse Central"
    assert card.stock_check == ("Widget Pro: 47 units available", "Widget Pro: 7,131 units available")


@pytest.mark.requirement("OF-116")
def test_only_an_order_that_ships_is_called_routed_successfully():
    assert sample_card().headline == "Order Routed Successfully"
    held = sample_decision(outcome=Outcome.HOLD)
    assert routing_card(sample_order(), held, RoutingEffects(), TITLES, LETTERHEAD).headline == "Order Held"


def test_the_card_links_to_the_order_in_the_console():
    assert sample_card().link == "https://ops.example.com/orders/ORD-2024-087654"
    assert sample_card(number="a/b?c").link == "https://ops.example.com/orders/a%2Fb%3Fc"
