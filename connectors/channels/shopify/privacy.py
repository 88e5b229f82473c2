"""The three topics every Shopify app must carry out: customers/data_request, customers/redact, shop/redact.

Source: shopify.dev, "Privacy law compliance". The first two list orders by id; shop/redact comes 48 hours after an app
was taken out of a shop and is about all of it.
"""

from typing import Any

from connectors.errors import Unreadable
from connectors.protocols.privacy import PrivacyRequest

_ORDERS_OF = {"customers/redact": "orders_to_redact", "customers/data_request": "orders_requested"}


def privacy_request(topic: str, document: Any) -> PrivacyRequest | None:
    """What the delivery asks for; None for a topic that is about something else. Raises Unreadable."""
    if topic == "shop/redact":
        return PrivacyRequest("forget", None)
    if topic not in _ORDERS_OF:
        return None
    listed = document.get(_ORDERS_OF[topic]) if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise Unreadable("expected a list of order ids", field=_ORDERS_OF[topic])
    wanted = "forget" if topic == "customers/redact" else "hand_out"
    request = document.get("data_request") or {}
    return PrivacyRequest(wanted, tuple(map(str, listed)), str(request.get("id", "")))
