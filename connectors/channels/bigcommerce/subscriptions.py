"""BigCommerce's webhooks kept alive: they are switched off after failures, and after 90 days without an event."""

from connectors.channels.bigcommerce.rest import BigRest
from connectors.protocols import SubscriptionHealth

SCOPES = ("store/order/created", "store/order/updated", "store/order/archived")


async def mend_subscriptions(rest: BigRest, address: str) -> SubscriptionHealth:
    """Creates what is missing and switches on what was switched off; what leads elsewhere is not touched."""
    hooks = {hook["scope"]: hook async for hook in rest.every("v3/hooks") if hook["destination"] == address}
    mended = []
    for scope in SCOPES:
        hook = hooks.get(scope)
        if hook is None:
            await rest.send("POST", "v3/hooks", {"scope": scope, "destination": address, "is_active": True})
            mended.append(scope)
        elif not hook["is_active"]:
            await rest.send("PUT", f"v3/hooks/{hook['id']}", {"is_active": True})
            mended.append(scope)
    return SubscriptionHealth(len(SCOPES) - len(mended), tuple(mended))
