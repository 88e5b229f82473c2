"""The webhooks of a described shop: who sent it, and what is it about?"""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.channels.custom_rest.description import Webhook
from connectors.described.paths import pick
from connectors.documents import read_document
from connectors.errors import SignatureRefused, Unreadable
from connectors.protocols import WebhookNotice
from connectors.transport.signatures import check_standard_webhook

OTHER_TOPIC = "other"


def check_delivery(webhook: Webhook | None, secrets: Sequence[str], headers: Mapping[str, str], body: bytes) -> None:
    """Returns if a secret signed the delivery as the description says; raises SignatureRefused otherwise."""
    if webhook is None:
        raise SignatureRefused("the description knows of no webhooks")
    if not secrets:
        raise SignatureRefused("no delivery can be verified while CUSTOM_REST_WEBHOOK_SECRET is not set")
    if webhook.scheme == "standard":
        check_standard_webhook([_standard_key(each) for each in secrets], headers, body, now=time.time())
        return
    given = headers.get(webhook.header.lower(), "").encode("utf-8", "surrogateescape")
    matches = [hmac.compare_digest(_signature(webhook, secret, body), given) for secret in secrets]
    if not any(matches):
        raise SignatureRefused("the signature does not fit the body")


def notice_of(webhook: Webhook, body: bytes) -> WebhookNotice:
    """What the delivery is about. Raises Unreadable where its order id cannot be found."""
    document = read_document(body)
    event = pick(document, webhook.event) if webhook.event else None
    told = str(event) if isinstance(event, str | int) else hashlib.sha256(body).hexdigest()
    if not _is_about_orders(webhook, document):
        return WebhookNotice(OTHER_TOPIC, told)
    order_id = order_id_in(webhook, document)
    if not order_id:
        raise Unreadable(f"expected an id at {webhook.order_id}: mend webhook.order_id", field="webhook.order_id")
    return WebhookNotice("order", f"order:{order_id}:{told}", order_id)


def order_id_in(webhook: Webhook, document: Any) -> str:
    """The id of the order a delivery is about; "" where none can be found."""
    found = pick(document, webhook.order_id)
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""


def _is_about_orders(webhook: Webhook, document: Any) -> bool:
    return not webhook.topic or not webhook.topics or pick(document, webhook.topic) in webhook.topics


def _signature(webhook: Webhook, secret: str, body: bytes) -> bytes:
    digest = hmac.digest(secret.encode(), body, hashlib.sha256)
    text = digest.hex() if webhook.encoding == "hex" else base64.b64encode(digest).decode()
    return f"{webhook.prefix}{text}".encode()


def _standard_key(secret: str) -> bytes:
    """A Standard Webhooks secret is base64 behind `whsec_`; any other is taken as it stands."""
    return base64.b64decode(secret.removeprefix("whsec_")) if secret.startswith("whsec_") else secret.encode()
