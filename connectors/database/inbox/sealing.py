"""Bodies of deliveries hold names and addresses, so they wait sealed."""

from connectors.database.orders.personal_data import Vault

# How everything begins that a vault has sealed before the year 2106: a version byte and a time, in base 64.
_SEALED = b"gAAAAA"


def sealed_body(vault: Vault, body: bytes) -> bytes:
    """The body as `receive` should keep it."""
    return vault.seal(body)


def opened_body(vault: Vault, kept: bytes) -> bytes:
    """The body as it came. One that an earlier release kept in clear is returned as it is.

    Raises VaultLocked where the key is not the one it was sealed with.
    """
    return vault.open(kept) if is_sealed(kept) else kept


def is_sealed(kept: bytes) -> bool:
    """Whether a vault has sealed it."""
    return kept.startswith(_SEALED)
