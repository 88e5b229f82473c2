"""Versions of rules and policy: immutable, named by their content, one of a kind in force."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, insert, select

from connectors.database.session import now_ms
from connectors.database.statements.batch import insert_one
from connectors.database.tables import policy_pointer, policy_version

_VERSIONS = select(*(policy_version.c[name] for name in ("kind", "hash", "document", "created_at"))).where(
    policy_version.c.kind == bindparam("of_kind")
)
_NAMED = _VERSIONS.where(policy_version.c.hash == bindparam("name"))
_POINTED_AT = (policy_pointer.c.kind == policy_version.c.kind) & (policy_pointer.c.hash == policy_version.c.hash)
_ACTIVE = _VERSIONS.join(policy_pointer, _POINTED_AT).order_by(policy_pointer.c.seq.desc()).limit(1)


class UnknownVersion(LookupError):
    """A version was to be activated that was never stored."""


@dataclass(frozen=True)
class PolicyVersion:
    """One version, as stored."""

    kind: str
    hash: str
    document: str
    created_at_ms: int


@dataclass(frozen=True)
class Activation:
    """When a version was put in force, and by whom."""

    kind: str
    hash: str
    actor: str
    activated_at_ms: int


def add_version(conn: Connection, kind: str, hash: str, document: str) -> bool:
    """Stores a version without activating it; False where it is stored already."""
    row = {"kind": kind, "hash": hash, "document": document, "created_at": now_ms(conn)}
    return insert_one(conn, policy_version, row)


def stored_version(conn: Connection, kind: str, hash: str) -> PolicyVersion:
    """The version of that name: a configuration, or the rules or policy a decision names. Raises UnknownVersion."""
    row = conn.execute(_NAMED, {"of_kind": kind, "name": hash}).first()
    if row is None:
        raise UnknownVersion(f"there is no {kind} version {hash}")
    return PolicyVersion(*row)


def activate(conn: Connection, kind: str, hash: str, actor: str) -> None:
    """Puts a version in force. Raises UnknownVersion. To roll back is to activate the version before."""
    stored_version(conn, kind, hash)
    last = select(func.coalesce(func.max(policy_pointer.c.seq), 0)).where(policy_pointer.c.kind == kind)
    seq = conn.execute(last).scalar_one() + 1
    row = {"kind": kind, "seq": seq, "hash": hash, "actor_id": actor, "activated_at": now_ms(conn)}
    conn.execute(insert(policy_pointer).values(row))


def active(conn: Connection, kind: str) -> PolicyVersion | None:
    """The version in force; None before the first was activated."""
    row = conn.execute(_ACTIVE, {"of_kind": kind}).first()
    return PolicyVersion(*row) if row else None


def versions(conn: Connection, kind: str) -> list[PolicyVersion]:
    """Every version stored, newest first."""
    query = _VERSIONS.order_by(policy_version.c.created_at.desc(), policy_version.c.hash)
    return [PolicyVersion(*row) for row in conn.execute(query, {"of_kind": kind})]


def activations(conn: Connection, kind: str) -> list[Activation]:
    """Every activation, newest first: the second is what a roll-back returns to."""
    columns = [policy_pointer.c[name] for name in ("kind", "hash", "actor_id", "activated_at")]
    query = select(*columns).where(policy_pointer.c.kind == kind).order_by(policy_pointer.c.seq.desc())
    return [Activation(*row) for row in conn.execute(query)]
