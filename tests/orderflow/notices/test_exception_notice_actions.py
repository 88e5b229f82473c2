"""The ways out of a case, best first."""

import pytest
from notice_values import usd

from orderflow.holds import Hold, HoldReason
from orderflow.notices.staff.case_actions import case_actions
from orderflow.notices.staff.recommended_actions import Offer, Shortage


def case(reason: HoldReason) -> Hold:
    return Hold(reason=reason, code="x", detail="It is so.", remedy="Do something.")


@pytest.mark.requirement("OF-78")
@pytest.mark.parametrize("reason", HoldReason)
def test_every_reason_has_several_ways_out_and_ending_the_order_is_never_the_first(reason: HoldReason) -> None:
    actions = case_actions(case(reason))
    assert len(actions) >= 2
    assert len({action.code for action in actions}) == len(actions)
    assert actions[0].code != "reject"


@pytest.mark.requirement("OF-78")
def test_what_is_short_comes_from_the_cheapest_place_that_has_it_first() -> None:
    short = Shortage(product="Lamp", ordered=3, left=2)
    offers = [
        Offer(location="Far", units=5, extra_cost=usd("20")),
        Offer(location="Near", units=1, extra_cost=usd("12")),
    ]
    sentences = [action.sentence for action in case_actions(case(HoldReason.INVENTORY), [short], offers)]
    assert sentences[0].startswith("Source the missing unit from Near (+$12")
    assert sentences[1].startswith("Source the missing unit from Far")
    assert "Split into 2 + 1 shipments" in sentences
