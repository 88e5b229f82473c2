"""watch-orders: every minute, what should have moved by now and has not."""

import asyncio
import time
from collections import Counter

from prefect import flow

from connectors.shop import open_shop
from tasks.watch import watch


@flow(name="watch-orders", flow_run_name="watch orders for {shift_minutes:g} minutes")
async def watch_orders(shift_minutes: float = 60, poll_seconds: float = 60) -> dict[str, int]:
    """Looks every minute for its minutes; returns how many alerts of each kind it raised."""
    raised: Counter[str] = Counter()
    ends_at = time.monotonic() + shift_minutes * 60
    async with open_shop() as shop:
        while True:
            raised.update(await watch(shop))
            if time.monotonic() + poll_seconds >= ends_at:
                return dict(raised)
            await asyncio.sleep(poll_seconds)
