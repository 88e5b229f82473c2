"""Encryption at rest for credentials and personal data; the key lies outside the database."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from connectors.errors import ConnectorError

OWNER_ONLY = 0o600


class VaultLocked(ConnectorError):
    """The key is absent, malformed, readable by others, or not the one the data was sealed with."""


class Vault:
    """Seals bytes with the first key and opens what any of the keys sealed, so keys can be rotated."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise VaultLocked("no secret key: run `orderflow init` or set ORDERFLOW_SECRET_KEY")
        try:
            sealing = [Fernet(key) for key in keys]
        except ValueError:
            raise VaultLocked("a secret key is malformed: each is 32 bytes in URL-safe base64") from None
        self._first, self._fernet = sealing[0], MultiFernet(sealing)

    def seal(self, plain: bytes) -> bytes:
        """The bytes encrypted and signed; the same bytes are sealed differently each time."""
        return self._fernet.encrypt(plain)

    def open(self, sealed: bytes) -> bytes:
        """The bytes that were sealed. Raises VaultLocked where none of the keys fits."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            raise VaultLocked("the secret key is not the one this was sealed with: restore the old key") from None

    def is_current(self, sealed: bytes) -> bool:
        """Whether the first key opens it, so that no older key is needed for it."""
        try:
            self._first.decrypt(sealed)
        except InvalidToken:
            return False
        return True


def new_key() -> str:
    """A fresh random key."""
    return Fernet.generate_key().decode()


def split_keys(text: str) -> tuple[str, ...]:
    """The keys of a comma-separated list, the one that seals first."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def create_key_file(path: Path) -> bool:
    """Writes a new key only its owner may read; False where a key file is there already, which is never touched."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w") as file:
        file.write(new_key() + "\n")
    return True


def read_key_file(path: Path) -> tuple[str, ...]:
    """The keys of the file, () where there is none. Raises VaultLocked where others than its owner may read it."""
    if not path.exists():
        return ()
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise VaultLocked(f"{path} can be read by others: run `chmod 600 {path}`")
    return split_keys(path.read_text(encoding="utf-8"))
