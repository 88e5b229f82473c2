"""When the second supplier is asked: the product is still short, and the first one has not answered in 48 hours."""

from datetime import datetime, timedelta

ANSWER_WITHIN = timedelta(hours=48)


def purchase_number(sku: str, raised_at: datetime) -> str:
    """The number of the purchase order of one alert; it is the same in the draft, in every mail and in the answer."""
    return f"PO-{raised_at:%Y%m%d}-{sku}"


def is_second_asked(asked_at: datetime, now: datetime, *, is_short: bool, is_answered: bool) -> bool:
    """Whether it is the second supplier's turn; at 48 hours to the second it is not yet."""
    return is_short and not is_answered and now - asked_at > ANSWER_WITHIN
