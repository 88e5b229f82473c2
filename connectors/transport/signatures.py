"""Is a delivery from whom it says? The scheme most shops share."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from connectors.errors import SignatureRefused


def split_secrets(text: str) -> tuple[str, ...]:
    """The secrets of a setting that lists several, comma-separated, while one takes over from another."""
    return tuple(secret.strip() for secret in text.split(",") if secret.strip())


def signature_of(secret: str, body: bytes) -> str:
    """Base64 of HMAC-SHA256 over the raw body, as Shopify and WooCommerce sign."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


def check_signature(secrets: Sequence[str], signature: str, body: bytes) -> None:
    """Returns if the signature was made with one of the secrets; raises SignatureRefused otherwise.

    The texts are compared, not what they decode to, and always against every secret in the same time.
    """
    given = signature.encode("utf-8", "surrogateescape")
    matches = [hmac.compare_digest(signature_of(secret, body).encode(), given) for secret in secrets]
    if not any(matches):
        raise SignatureRefused("the signature does not fit the body")
