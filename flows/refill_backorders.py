"""refill-backorders: units that came go to the orders that wait for them, first in, first out."""

from prefect import flow
from prefect.runtime import flow_run

from connectors.shop import open_shop
from tasks.refilling.refill import refill_backorders as refill


@flow(name="refill-backorders", flow_run_name="refill backorders")
async def refill_backorders() -> dict[str, int]:
    """Gives out all that is free and waited for; returns how many orders got how many units.

    A shift does so by itself as soon as stock comes, and every sync once more for all products.
    """
    async with open_shop() as shop:
        return await refill(shop, f"refill-backorders:{flow_run.get_id() or 'by-hand'}", everything=True)
