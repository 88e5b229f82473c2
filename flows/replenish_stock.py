"""replenish-stock: every hour, what runs out is ordered, and elsewhere where the supplier keeps silent."""

from prefect import flow

from connectors.shop import open_shop
from tasks.stock.alert import check_thresholds
from tasks.stock.second_supplier import ask_second_suppliers


@flow(name="replenish-stock", flow_run_name="replenish stock")
async def replenish_stock() -> dict[str, int]:
    """Raises the thresholds that were reached (drafts, mails to suppliers) and asks second suppliers after 48 hours."""
    async with open_shop() as shop:
        alerts = await check_thresholds(shop)
        return {"alerts": sum(alerts.values()), "second_suppliers": await ask_second_suppliers(shop)}
