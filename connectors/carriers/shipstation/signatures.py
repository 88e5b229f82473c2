"""Is a delivery from ShipStation? RSA-SHA256 over time and raw body, by keys ShipStation publishes as a JWKS.

What is signed is "{x-shipengine-timestamp}.{raw body}" (ShipStation's guide on validating webhooks).
"""

from base64 import b64decode, urlsafe_b64decode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256
from pydantic import BaseModel

from connectors.errors import SignatureRefused
from connectors.transport.http import HttpClient, answer_of

KEY_ID = "x-shipengine-rsa-sha256-key-id"
SIGNATURE = "x-shipengine-rsa-sha256-signature"
TIMESTAMP = "x-shipengine-timestamp"
WINDOW = timedelta(minutes=5)


class _Key(BaseModel):
    kid: str
    n: str
    e: str

    def public_key(self) -> RSAPublicKey:
        modulus, exponent = (int.from_bytes(urlsafe_b64decode(part + "==")) for part in (self.n, self.e))
        return RSAPublicNumbers(exponent, modulus).public_key()


class _Keys(BaseModel):
    keys: tuple[_Key, ...]


class PublishedKeys:
    """The keys ShipStation signs with, fetched when one is met that is not known yet."""

    def __init__(self, http: HttpClient, path: str) -> None:
        self._http = http
        self._path = path
        self._known: dict[str, RSAPublicKey] = {}

    async def check(self, headers: Mapping[str, str], body: bytes) -> None:
        """Returns for a delivery signed within the last five minutes; raises SignatureRefused for everything else."""
        missing = [name for name in (KEY_ID, SIGNATURE, TIMESTAMP) if not headers.get(name)]
        if missing:
            raise SignatureRefused(f"the delivery carries no {missing[0]}")
        _check_time(headers[TIMESTAMP])
        key = await self._key(headers[KEY_ID])
        try:
            signature = b64decode(headers[SIGNATURE], validate=True)
            key.verify(signature, headers[TIMESTAMP].encode() + b"." + body, PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            raise SignatureRefused("the signature does not fit the body") from None

    async def _key(self, key_id: str) -> RSAPublicKey:
        if key_id not in self._known:
            answer = answer_of(await self._http.read("GET", self._path), _Keys)
            self._known = {key.kid: key.public_key() for key in answer.keys}
        if key_id not in self._known:
            raise SignatureRefused("the delivery was signed with a key ShipStation does not publish")
        return self._known[key_id]


def _check_time(told: str) -> None:
    try:
        signed_at = datetime.fromisoformat(told)
        is_near = abs(datetime.now(UTC) - signed_at) <= WINDOW
    except (ValueError, TypeError):
        raise SignatureRefused("the time of the signature cannot be read") from None
    if not is_near:
        raise SignatureRefused("the signature is too old, or of the future")
