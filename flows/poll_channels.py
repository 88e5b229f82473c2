"""poll-channels: what the webhooks may have missed. The poll is the truth; webhooks only hasten it."""

from prefect import flow

from connectors.errors import ConnectorError
from connectors.shop import open_shop
from tasks.poll import poll_channel


@flow(name="poll-channels", flow_run_name="poll the sales channels")
async def poll_channels(channels: list[str] | None = None) -> dict[str, dict[str, int]]:
    """Looks for changed orders in each enabled channel (or the named ones); one that fails does not stop the others."""
    seen: dict[str, dict[str, int]] = {}
    failures: list[str] = []
    async with open_shop() as shop:
        for code in channels or shop.sales_channels:
            try:
                seen[code] = await poll_channel(shop, code)
            except ConnectorError as error:
                failures.append(f"{code}: {error}")
    if failures:
        raise RuntimeError("; ".join(failures))
    return seen
