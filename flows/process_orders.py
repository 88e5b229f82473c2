"""process-orders: a shift that takes every due order through ingest → route → label → notify → log → sync.

The database says what is due; a shift only drains it. Its stages work side by side: what one has done is due in the
next. Shifts may overlap, be killed or be run by hand: rows are claimed by lease, so nothing is done twice and nothing
is lost.
"""

import gc
import time

from prefect import flow, get_run_logger
from prefect.runtime import flow_run

from connectors.shop import open_shop
from flows.hands import Hands
from flows.shift import Shift


@flow(name="process-orders", flow_run_name="order shift of {shift_minutes:g} minutes")
async def process_orders(
    shift_minutes: float = 15, until_idle: bool = False, poll_seconds: float = 1.0
) -> dict[str, int]:
    """Drains due orders for its minutes, about a second after they come; returns what each stage did.

    `until_idle` ends the shift as soon as nothing is due, which is what a run by hand wants.
    """
    async with open_shop() as shop:
        spare_the_collector()
        shift = Shift(shop, owner=str(flow_run.id), ends_at=time.monotonic() + shift_minutes * 60)
        hands = Hands(shift.owner, shift.rounds)
        while not shift.is_over:
            due = shift.due()
            hands.begin(stage for stage, number in due.items() if number)
            shift.beat()
            if until_idle and not any(due.values()) and not hands.are_busy:
                break
            await hands.wait(poll_seconds)
        await hands.rest()
        await shift.finish()
    told = ", ".join(f"{stage} {number}" for stage, number in sorted(shift.totals.items()))
    get_run_logger().info("shift done: %s", told or "idle")
    return dict(shift.totals)


def spare_the_collector() -> None:
    """Leaves what a shift begins with out of every collection, for it stays until the shift ends; collects less often.

    Looking through all modules again and again was a sixth of the CPU time of an order.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
