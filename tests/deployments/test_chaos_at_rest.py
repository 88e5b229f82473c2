"""When a chaos run has come to rest, and how many orders took too long."""

from deployments.chaos.run import SETTLED_WITHIN_SECONDS, Settled
from deployments.chaos.standing import Standing

AT_REST = Standing(missing=0, owed=0, untold=0)
TO_BE_TOLD = Standing(missing=0, owed=0, untold=3)
UNDER_WAY = Standing(missing=0, owed=7, untold=0)
ON_THE_WAY = Standing(missing=2, owed=0, untold=0)


def seen(*standings: tuple[float, Standing]) -> Settled:
    found = Settled()
    for passed_seconds, standing in standings:
        found.see(standing, passed_seconds)
    return found


def test_orders_still_under_way_after_a_minute_are_counted_when_that_is_first_seen() -> None:
    found = seen((59, UNDER_WAY), (61, UNDER_WAY), (62, Standing(missing=0, owed=3, untold=0)), (70, AT_REST))
    assert found == Settled(orders_seconds=70, told_seconds=70, under_way_after_a_minute=7)
    assert found.is_all
    assert seen((61, ON_THE_WAY)).under_way_after_a_minute == 2, "an order that never came is under way, too"


def test_orders_that_have_settled_stay_so_when_a_poll_tells_of_them_once_more() -> None:
    found = seen((20, TO_BE_TOLD), (61, UNDER_WAY), (256, AT_REST))
    assert found == Settled(orders_seconds=20, told_seconds=256, under_way_after_a_minute=0)


def test_a_run_is_not_at_rest_while_orders_have_not_arrived_or_somebody_is_to_be_told() -> None:
    assert seen((5, ON_THE_WAY)) == Settled()
    assert not seen((5, ON_THE_WAY), (6, TO_BE_TOLD)).is_all
    assert seen((5, TO_BE_TOLD)).told_seconds == SETTLED_WITHIN_SECONDS
