"""Secrets of connectors, sealed: in the database only what cannot be read without the key outside it."""

from sqlalchemy import Connection, delete, select

from connectors.database.orders.personal_data import Vault
from connectors.database.session import now_ms
from connectors.database.statements.batch import upsert_one
from connectors.database.tables import credential


def store_credential(conn: Connection, vault: Vault, variable: str, secret: str) -> None:
    """Seals a secret under its environment variable, replacing an older one."""
    row = {"variable": variable, "sealed": vault.seal(secret.encode()), "stored_at": now_ms(conn)}
    upsert_one(conn, credential, row)


def stored_credentials(conn: Connection, vault: Vault) -> dict[str, str]:
    """Every secret by its environment variable."""
    rows = conn.execute(select(credential.c.variable, credential.c.sealed))
    return {variable: vault.open(sealed).decode() for variable, sealed in rows}


def forget_credential(conn: Connection, variable: str) -> bool:
    """Deletes a secret; False where there is none."""
    return conn.execute(delete(credential).where(credential.c.variable == variable)).rowcount == 1
