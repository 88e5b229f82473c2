"""BigCommerce's webhooks: signed by Standard Webhooks, and holding nothing but ids."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors.documents import read_document
from connectors.errors import SignatureRefused, Unreadable
from connectors.protocols import WebhookNotice
from connectors.transport.signatures import check_standard_webhook

ORDER_SCOPES = "store/order/"


def check_delivery(secrets: Sequence[str], headers: Mapping[str, str], body: bytes) -> None:
    """Returns if the app's client secret signed id, time and raw body within five minutes; else SignatureRefused."""
    if not secrets:
        raise SignatureRefused("no delivery can be verified while BIGCOMMERCE_CLIENT_SECRET is not set")
    check_standard_webhook([secret.encode() for secret in secrets], headers, body, now=time.time())


def notice_of(body: bytes) -> WebhookNotice:
    """What the delivery is about. Raises Unreadable for one without scope or without JSON.

    An event that is told twice carries the same hash. What the hash is made of is nowhere told, so the time of the
    event is part of the key: telling one event for two costs a request, telling two for one would lose a change.
    """
    document = read_document(body)
    if not isinstance(document, dict) or not isinstance(document.get("scope"), str):
        raise Unreadable("expected an object with a scope", field="scope")
    created = document.get("created_at")
    parts = (document["scope"], order_id_in(document), document.get("hash") or "", created or "")
    return WebhookNotice(
        topic=document["scope"],
        dedup_key=":".join(map(str, parts)),
        external_id=order_id_in(document),
        occurred_at=datetime.fromtimestamp(created, UTC) if isinstance(created, int) else None,
    )


def order_id_in(document: Any) -> str:
    """The id of the order a delivery is about; "" for other things."""
    data = document.get("data") if isinstance(document, dict) else None
    if not isinstance(data, dict) or data.get("type") != "order":
        return ""
    identifier = data.get("id")
    return str(identifier) if isinstance(identifier, int) and not isinstance(identifier, bool) else ""
