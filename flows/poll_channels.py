"""poll-channels: what the webhooks may have missed. The poll is the truth; webhooks only hasten it."""

from prefect import flow, get_run_logger

from connectors.errors import ConnectorError
from connectors.shop import Shop, open_shop
from tasks.poll import poll_channel
from tasks.subscriptions import mend_webhooks


@flow(name="poll-channels", flow_run_name="poll the sales channels")
async def poll_channels(channels: list[str] | None = None) -> dict[str, dict[str, int]]:
    """Looks for changed orders in each enabled channel (or the named ones); one that fails does not stop the others.

    Once an hour the channel's webhooks are looked after as well.
    """
    seen: dict[str, dict[str, int]] = {}
    failures: list[str] = []
    async with open_shop() as shop:
        for code in channels or shop.sales_channels:
            try:
                seen[code] = await poll_channel(shop, code)
            except ConnectorError as error:
                failures.append(f"{code}: {error}")
            await _look_after_webhooks(shop, code)
    if failures:
        raise RuntimeError("; ".join(failures))
    return seen


async def _look_after_webhooks(shop: Shop, code: str) -> None:
    """Says what was mended. That webhooks cannot be looked after is no failure of the poll, which needs none."""
    try:
        health = await mend_webhooks(shop, code)
    except ConnectorError as error:
        get_run_logger().warning("the webhooks of %s cannot be looked after: %s", code, error)
        return
    if health and health.mended:
        get_run_logger().warning("%s had stopped sending %s: asked for again", code, ", ".join(health.mended))
