"""WooCommerce's webhooks kept alive: after a few failures in a row the shop disables one without a word."""

from connectors.channels.woocommerce.rest import WooRest
from connectors.errors import NotConfigured
from connectors.protocols import SubscriptionHealth

TOPICS = ("order.created", "order.updated", "order.deleted")


async def mend_subscriptions(rest: WooRest, address: str, secrets: tuple[str, ...]) -> SubscriptionHealth:
    """Creates what is missing and activates what was disabled or paused; what leads elsewhere is not touched."""
    if not secrets:
        raise NotConfigured("WOOCOMMERCE_WEBHOOK_SECRET", needed_by="woocommerce")
    hooks = {hook["topic"]: hook async for hook in rest.every("webhooks") if hook["delivery_url"] == address}
    mended = []
    for topic in TOPICS:
        hook = hooks.get(topic)
        if hook is None:
            content = {"name": f"OrderFlow {topic}", "topic": topic, "delivery_url": address, "status": "active"}
            await rest.post("webhooks", {**content, "secret": secrets[0]})
            mended.append(topic)
        elif hook["status"] != "active":
            await rest.put(f"webhooks/{hook['id']}", {"status": "active"})
            mended.append(topic)
    return SubscriptionHealth(len(TOPICS) - len(mended), tuple(mended))
