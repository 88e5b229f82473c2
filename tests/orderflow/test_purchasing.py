"""When a second supplier is asked."""

from datetime import UTC, datetime, timedelta

import pytest

from orderflow.purchasing.second_supplier import is_second_asked, purchase_number

ASKED = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.requirement("OF-72")
@pytest.mark.parametrize(
    ("waited", "is_short", "is_answered", "expected"),
    [
        (timedelta(hours=47), True, False, False),
        (timedelta(hours=48), True, False, False),
        (timedelta(hours=48, seconds=1), True, False, True),
        (timedelta(hours=48, seconds=1), False, False, False),
        (timedelta(hours=480), True, True, False),
    ],
)
def test_both_the_shortage_and_the_silence_are_needed(
    waited: timedelta, is_short: bool, is_answered: bool, expected: bool
) -> None:
    assert is_second_asked(ASKED, ASKED + waited, is_short=is_short, is_answered=is_answered) is expected


def test_a_purchase_order_is_named_by_its_day_and_product() -> None:
    assert purchase_number("MUG", ASKED) == "PO-20260302-MUG"
