"""track-deliveries: every half hour, carriers are asked where the parcels are that are due for a look."""

from collections import Counter

from prefect import flow
from prefect.runtime import flow_run

from connectors.shop import open_shop
from tasks.tracking.look import BATCH_SIZE, look_at_parcels, tell_delays


@flow(name="track-deliveries", flow_run_name="track deliveries")
async def track_deliveries(most_batches: int = 200) -> dict[str, int]:
    """Looks at due parcels in batches until none is due; returns looks, scans, deliveries, delays and troubles."""
    totals: Counter[str] = Counter()
    owner = f"track-deliveries:{flow_run.get_id() or 'by-hand'}"
    async with open_shop() as shop:
        for _ in range(most_batches):
            counts = await look_at_parcels(shop, owner)
            totals.update(counts)
            if counts.get("claimed", 0) < BATCH_SIZE:
                break
        totals["delays"] += await tell_delays(shop)
    return dict(+totals)
