"""Shopify's webhooks before anybody reads the order: who sent it, and what is it about?"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.channels.shopify.global_id import tail
from connectors.documents import read_document
from connectors.errors import SignatureRefused, Unreadable
from connectors.protocols import WebhookNotice
from connectors.transport.signatures import check_signature

# Shopify is renaming its headers; both families are sent for a while.
_FAMILIES = ("x-shopify-", "shopify-")


def check_delivery(secrets: Sequence[str], headers: Mapping[str, str], body: bytes) -> None:
    """Returns if every signature the delivery carries fits; raises SignatureRefused otherwise, or if it has none."""
    if not secrets:
        raise SignatureRefused("no delivery can be verified while SHOPIFY_WEBHOOK_SECRET is not set")
    signatures = [headers[f"{family}hmac-sha256"] for family in _FAMILIES if f"{family}hmac-sha256" in headers]
    if not signatures:
        raise SignatureRefused("the delivery carries no signature")
    for signature in signatures:
        check_signature(secrets, signature, body)


def notice_of(headers: Mapping[str, str], body: bytes) -> WebhookNotice:
    """What the delivery is about. Raises Unreadable for one without topic or without JSON.

    One event may reach us under several topics, so the key holds the topic as well.
    """
    topic = _header(headers, "topic")
    if not topic:
        raise Unreadable("the delivery names no topic", field="x-shopify-topic")
    document = read_document(body)
    if not isinstance(document, dict):
        raise Unreadable("expected an object")
    event = _header(headers, "event-id") or _header(headers, "webhook-id") or hashlib.sha256(body).hexdigest()
    return WebhookNotice(
        topic=topic,
        dedup_key=f"{topic}:{event}",
        external_id=_order_id(topic, document),
        occurred_at=_moment(_header(headers, "triggered-at")),
    )


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((headers[family + name] for family in _FAMILIES if headers.get(family + name)), "")


def _order_id(topic: str, document: dict[str, Any]) -> str:
    if topic.startswith("orders/"):
        return tail(document.get("admin_graphql_api_id") or document.get("id") or document.get("order_id") or "")
    return tail(document.get("order_id") or "")


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
