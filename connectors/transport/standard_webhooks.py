"""Deliveries signed by Standard Webhooks with secrets as that standard writes them: "whsec_" before base64."""

import base64
import binascii
import time
from collections.abc import Mapping

from connectors.errors import NotConfigured, SignatureRefused
from connectors.transport.signatures import check_standard_webhook, split_secrets

PREFIX = "whsec_"


def check_delivery(secrets: str, headers: Mapping[str, str], body: bytes, *, variable: str) -> None:
    """Returns if one of the comma-separated secrets signed the delivery; `variable` is the setting that holds them.

    Raises SignatureRefused, also where no secret is set, and NotConfigured for a secret that is no base64.
    """
    keys = [_key(secret, variable) for secret in split_secrets(secrets)]
    if not keys:
        raise SignatureRefused(f"no delivery can be verified while {variable} is not set")
    check_standard_webhook(keys, headers, body, now=time.time())


def _key(secret: str, variable: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise NotConfigured(f"a {variable} in base64", needed_by="webhooks") from None
