"""Everything the vault has sealed in the database, and sealing it again with a new key.

A page at a time is sealed again in a transaction of its own, and only where it is still what was read: whoever writes
meanwhile seals with the new key already.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, select, update

from connectors.database.inbox.sealing import is_sealed
from connectors.database.session import Database
from connectors.database.tables import credential, inbox, order_pii, tracking
from connectors.vault import Vault, VaultLocked

_SEALED: tuple[Column[Any], ...] = (credential.c.sealed, order_pii.c.sealed, inbox.c.body, tracking.c.signed_by)
_PAGE = 500


@dataclass(frozen=True)
class KeyUse:
    """How many sealed values the first key opens, how many only an older one, and how many none."""

    current: int = 0
    older: int = 0
    unreadable: int = 0

    def __add__(self, other: "KeyUse") -> "KeyUse":
        return KeyUse(self.current + other.current, self.older + other.older, self.unreadable + other.unreadable)


def key_use(database: Database, vault: Vault) -> KeyUse:
    """Which keys are still needed. Reads whole tables."""
    found = KeyUse()
    for column in _SEALED:
        with database.read() as conn:
            for page in _pages(conn, column):
                found = sum((_use(vault, sealed) for _, sealed in page), found)
    return found


def reseal(database: Database, vault: Vault) -> KeyUse:
    """Seals everything an older key sealed with the first one; what none of the keys opens stays. As it is then."""
    for column in _SEALED:
        _reseal(database, vault, column)
    return key_use(database, vault)


def _reseal(database: Database, vault: Vault, column: Column[Any]) -> None:
    last = ""
    while True:
        with database.write() as conn:
            page = _page(conn, column, last)
            if not page:
                return
            for key, sealed in page:
                if _use(vault, sealed).older:
                    _replace(conn, column, key, sealed, vault)
            last = page[-1][0]


def _replace(conn: Connection, column: Column[Any], key: str, sealed: Any, vault: Vault) -> None:
    fresh = vault.seal(vault.open(_bytes(sealed)))
    same = (_key(column) == key, column == sealed)
    value = fresh.decode() if isinstance(sealed, str) else fresh
    conn.execute(update(column.table).where(*same).values({column.name: value}))


def _use(vault: Vault, sealed: Any) -> KeyUse:
    if vault.is_current(_bytes(sealed)):
        return KeyUse(current=1)
    try:
        vault.open(_bytes(sealed))
    except VaultLocked:
        return KeyUse(unreadable=1)
    return KeyUse(older=1)


def _pages(conn: Connection, column: Column[Any]) -> Iterator[Sequence[tuple[str, Any]]]:
    last = ""
    while page := _page(conn, column, last):
        yield page
        last = page[-1][0]


def _page(conn: Connection, column: Column[Any], after: str) -> list[tuple[str, Any]]:
    """The next sealed values by their keys; what is empty, or was kept in clear by an earlier release, is left out."""
    key, empty = _key(column), "" if column is tracking.c.signed_by else b""
    query = select(key, column).where(key > after, column != empty).order_by(key).limit(_PAGE)
    return [(row[0], row[1]) for row in conn.execute(query) if is_sealed(_bytes(row[1]))]


def _key(column: Column[Any]) -> Column[Any]:
    return next(iter(column.table.primary_key))


def _bytes(sealed: Any) -> bytes:
    return sealed.encode() if isinstance(sealed, str) else bytes(sealed)
