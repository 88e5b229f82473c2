"""WooCommerce's webhooks before anybody reads the order: who sent it, and what is it about?

When a webhook is created WooCommerce posts `webhook_id=N` without any signature and wants a 200 for it. Exactly that
is let through; it asks for nothing.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.documents import read_document
from connectors.errors import SignatureRefused, Unreadable
from connectors.protocols import WebhookNotice
from connectors.transport.signatures import check_signature

SIGNATURE = "x-wc-webhook-signature"
TOPIC = "x-wc-webhook-topic"

_PING = re.compile(rb"webhook_id=\d{1,20}")
_HEADERS = "x-wc-"


def check_delivery(secrets: Sequence[str], headers: Mapping[str, str], body: bytes) -> None:
    """Returns for a signed delivery and for the ping; raises SignatureRefused for everything else."""
    if is_ping(headers, body):
        return
    if not secrets:
        raise SignatureRefused("no delivery can be verified while WOOCOMMERCE_WEBHOOK_SECRET is not set")
    if SIGNATURE not in headers:
        raise SignatureRefused("the delivery carries no signature")
    check_signature(secrets, headers[SIGNATURE], body)


def is_ping(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether this is the post WooCommerce makes when a webhook is created, and nothing more."""
    unsigned = not any(name.startswith(_HEADERS) for name in headers)
    return unsigned and _PING.fullmatch(body) is not None


def notice_of(headers: Mapping[str, str], body: bytes) -> WebhookNotice | None:
    """What the delivery is about; None for the ping. Raises Unreadable for one without topic or without JSON.

    The delivery id is no key: two orders changed in the same second carry the same one. The order's id and time of
    change are, and as that time knows whole seconds only, the body has a part in it too.
    """
    if is_ping(headers, body):
        return None
    topic = headers.get(TOPIC, "")
    if not topic:
        raise Unreadable("the delivery names no topic", field=TOPIC)
    document = read_document(body)
    if not isinstance(document, dict):
        raise Unreadable("expected an object")
    identifier, changed = _text(document.get("id")), _text(document.get("date_modified_gmt"))
    content = hashlib.sha256(body).hexdigest()[:16]
    about_order = topic.startswith("order.")
    return WebhookNotice(
        topic=topic,
        dedup_key=f"{topic}:{identifier}:{changed}:{content}",
        external_id=identifier if about_order else "",
    )


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int) else ""
