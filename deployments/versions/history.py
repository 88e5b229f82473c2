"""The versions of the configuration there were, and finding one by what a person calls it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from connectors.database import policy
from connectors.database.policy import PolicyVersion
from deployments.first_steps import CONFIGURATION
from orderflow.configuration import Configuration, ConfigurationError, load_configuration
from orderflow.policy import content_hash

SHORTEST_NAME = 4


class NoSuchVersion(LookupError):
    """No version, or more than one, is called that; the message says which."""


@dataclass(frozen=True)
class Version:
    """One stored version. Its parts are "" where today's code cannot read it any more.

    `activated_at_ms` is the last time it was put in force, by `actor`; None for a draft that never was.
    """

    hash: str
    rule_set_hash: str
    policy_hash: str
    created_at_ms: int
    activated_at_ms: int | None
    actor: str
    is_active: bool
    document: str

    @property
    def configuration(self) -> Configuration:
        """What it says. Raises ConfigurationError where today's code cannot read it any more."""
        return load_configuration(json.loads(self.document))[0]


def versions_of(conn: Connection) -> list[Version]:
    """Every stored version, the newest first."""
    activations = policy.activations(conn, CONFIGURATION)
    last = {one.hash: one for one in reversed(activations)}
    current = activations[0].hash if activations else ""
    return [_version(stored, last.get(stored.hash), current) for stored in policy.versions(conn, CONFIGURATION)]


def find_version(versions: Sequence[Version], name: str) -> Version:
    """The version whose hash begins so, else the newest whose rules or policy are called so. Raises NoSuchVersion.

    A decision names the hashes of its rules and its policy: this finds the configuration they stood in.
    """
    if len(name) < SHORTEST_NAME:
        raise NoSuchVersion(f"{name!r} is too short: give at least {SHORTEST_NAME} characters of a version's hash")
    found = [one for one in versions if one.hash.startswith(name)]
    if len(found) > 1:
        raise NoSuchVersion(f"{len(found)} versions begin with {name}: give more characters")
    found = found or [one for one in versions if _has_part(one, name)]
    if not found:
        raise NoSuchVersion(f"there is no version {name}; `orderflow config versions` lists them all")
    return found[0]


def version_before(conn: Connection) -> str:
    """The hash of the version that was in force before the active one. Raises NoSuchVersion where there was none."""
    hashes = [one.hash for one in policy.activations(conn, CONFIGURATION)]
    earlier = next((one for one in hashes if one != hashes[0]), None)
    if earlier is None:
        raise NoSuchVersion("no other version was in force before: there is nothing to return to")
    return earlier


def _version(stored: PolicyVersion, last: policy.Activation | None, current: str) -> Version:
    rule_set_hash, policy_hash = _parts(stored.document)
    return Version(
        hash=stored.hash,
        rule_set_hash=rule_set_hash,
        policy_hash=policy_hash,
        created_at_ms=stored.created_at_ms,
        activated_at_ms=last.activated_at_ms if last else None,
        actor=last.actor if last else "",
        is_active=stored.hash == current,
        document=stored.document,
    )


def _parts(document: str) -> tuple[str, str]:
    try:
        configuration, _ = load_configuration(json.loads(document))
    except ConfigurationError:
        return "", ""
    return configuration.rule_set().content_hash, content_hash(configuration.routing)


def _has_part(version: Version, name: str) -> bool:
    return any(part.startswith(name) for part in _parts_of(version))


def _parts_of(version: Version) -> Iterator[str]:
    yield from (part for part in (version.rule_set_hash, version.policy_hash) if part)
