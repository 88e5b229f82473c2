"""Shopify's webhook subscriptions kept alive: after eight failures in four hours Shopify deletes one."""

from connectors.channels.shopify.graph import AdminGraph, refuse_user_errors
from connectors.protocols import SubscriptionHealth

TOPICS = ("ORDERS_CREATE", "ORDERS_UPDATED", "ORDERS_PAID", "ORDERS_CANCELLED", "REFUNDS_CREATE")


async def mend_subscriptions(graph: AdminGraph, address: str) -> SubscriptionHealth:
    """Subscribes again to every topic that is not delivered to this address; others' subscriptions are left alone."""
    alive = {node["topic"] async for node in graph.pages("Subscriptions", "webhookSubscriptions", uri=address)}
    missing = tuple(topic for topic in TOPICS if topic not in alive)
    for topic in missing:
        answer = await graph.write("Subscribe", topic=topic, uri=address)
        refuse_user_errors(answer["webhookSubscriptionCreate"])
    return SubscriptionHealth(len(TOPICS) - len(missing), missing)
