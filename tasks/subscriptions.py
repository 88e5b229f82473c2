"""Subscriptions: once an hour, the webhooks a channel stopped sending are asked for again.

Shopify deletes a subscription after eight failures, WooCommerce and BigCommerce switch one off, and none says so. What
was missed meanwhile the poll brings.
"""

from datetime import UTC, datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.database import cursors, outbox
from connectors.protocols import SubscriptionHealth
from connectors.shop import Shop
from tasks.telling.announce import sweep_items


@task(name="mend webhooks", task_run_name="mend the webhooks of {code}", cache_policy=NO_CACHE)
async def mend_webhooks(shop: Shop, code: str) -> SubscriptionHealth | None:
    """What was alive and what was mended; None where it was looked at within this hour, or nobody can reach us.

    Operations hears of what was mended. Shops post to https addresses only. Raises as the connector does: the next look
    is in an hour.
    """
    if not shop.public_url.startswith("https://"):
        return None
    with shop.database.write() as conn:
        hour = datetime.fromtimestamp(shop.database.now_ms(conn) / 1000, UTC).strftime("%Y-%m-%dT%H")
        if not cursors.take_slot(conn, f"webhooks:{code}", hour):
            return None
    health = await shop.channel(code).mend_subscriptions(webhook_address(shop.public_url, code))
    if health and health.mended:
        with shop.database.write() as conn:
            outbox.enqueue(conn, sweep_items(shop, "webhooks_mended", f"{code}/{hour}", len(health.mended), [code]))
    return health


def webhook_address(public_url: str, code: str) -> str:
    """Where the channel posts its webhooks to."""
    return f"{public_url.rstrip('/')}/webhooks/{code}"
