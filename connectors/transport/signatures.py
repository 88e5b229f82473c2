"""Is a delivery from whom it says? The schemes shops share."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence

from connectors.errors import SignatureRefused

# Standard Webhooks, https://www.standardwebhooks.com: how far the sender's clock may be from ours.
TOLERANCE_SECONDS = 300


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


def check_standard_webhook(secrets: Sequence[bytes], headers: Mapping[str, str], body: bytes, *, now: float) -> None:
    """Returns if one of the keys signed id, time and raw body, and the time is within five minutes of `now`.

    `now` is in epoch seconds. The header may list several signatures, of which one must be right. Raises
    SignatureRefused.
    """
    told = [headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature")]
    identifier, timestamp, signatures = told
    if not all(told) or not timestamp.isascii() or not timestamp.isdecimal():
        raise SignatureRefused("the delivery carries no signature")
    if abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        raise SignatureRefused("the delivery was signed too long ago, or in the future")
    signed = f"{identifier}.{timestamp}.".encode("utf-8", "surrogateescape") + body
    expected = [b"v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)) for secret in secrets]
    given = [each.encode("utf-8", "surrogateescape") for each in signatures.split()]
    matches = [hmac.compare_digest(one, other) for one in expected for other in given]
    if not any(matches):
        raise SignatureRefused("the signature does not fit the body")


def check_token(tokens: Sequence[str], given: str, *, variable: str) -> None:
    """Returns if the secret part of the address is one of the tokens; raises SignatureRefused otherwise.

    For senders that sign nothing. `variable` is the setting that holds the tokens.
    """
    if not tokens:
        raise SignatureRefused(f"no delivery can be verified while {variable} is not set")
    told = given.encode("utf-8", "surrogateescape")
    if not any([hmac.compare_digest(token.encode(), told) for token in tokens]):
        raise SignatureRefused("the address it was posted to does not hold the secret")
