"""What to do about a purchase, told from its ledger row."""

from dataclasses import dataclass

import pytest

from orderflow.effects import CALL_WITHIN_MS, Effect, after_asking, after_intent, after_unknown


@dataclass(frozen=True)
class Habits:
    unique_reference: bool = False
    find_by_reference: bool = False
    orphan_is_billed: bool = True


def test_a_fresh_intent_is_called_at_once_and_never_after_a_pause() -> None:
    assert after_intent(may_call=True, started_at_ms=0, now_ms=CALL_WITHIN_MS - 1) is Effect.CALL
    assert after_intent(may_call=True, started_at_ms=0, now_ms=CALL_WITHIN_MS) is Effect.FAIL


def test_what_an_earlier_life_left_is_asked_about_and_never_called() -> None:
    assert after_intent(may_call=False, started_at_ms=0, now_ms=0) is Effect.ASK


@pytest.mark.parametrize(
    ("habits", "effect"),
    [
        (Habits(find_by_reference=True), Effect.ASK),
        (Habits(unique_reference=True), Effect.CALL),
        (Habits(orphan_is_billed=False), Effect.FAIL),
        (Habits(), Effect.HAND_OVER),
    ],
)
def test_an_unknown_purchase_is_repeated_only_where_it_cannot_cost_twice(habits: Habits, effect: Effect) -> None:
    assert after_unknown(habits) is effect


def test_a_label_that_is_not_found_may_still_appear_until_the_grace_is_over() -> None:
    asked = Habits(find_by_reference=True)
    assert after_asking(asked, resolve_after_ms=100, now_ms=99) is Effect.WAIT
    assert after_asking(asked, resolve_after_ms=100, now_ms=100) is Effect.FAIL


def test_a_carrier_that_cannot_sell_twice_is_called_again_while_others_would_be_waited_for() -> None:
    unique = Habits(unique_reference=True, find_by_reference=True)
    assert after_asking(unique, resolve_after_ms=100, now_ms=0) is Effect.CALL


def test_for_an_order_that_needs_no_label_any_more_a_late_one_is_waited_for_at_every_carrier() -> None:
    unique = Habits(unique_reference=True, find_by_reference=True)
    assert after_asking(unique, resolve_after_ms=100, now_ms=99, wanted=False) is Effect.WAIT
    assert after_unknown(Habits(unique_reference=True), wanted=False) is Effect.HAND_OVER
