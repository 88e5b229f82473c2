"""Which rules did anything lately, and which have been in force long enough to be judged by it."""

import json

from sqlalchemy import Connection

from connectors.database import policy
from connectors.database.decisions.applied import rules_applied
from connectors.database.session import now_ms
from deployments.first_steps import CONFIGURATION
from orderflow.rules.lint import Firing

DAY_MS = 86_400_000


def firing_of(conn: Connection, days: int) -> Firing:
    """How often each rule was applied in these last days. Only rules that were in force all the time are judged."""
    since_ms = now_ms(conn) - days * DAY_MS
    decisions, applied = rules_applied(conn, since_ms)
    return Firing(days=days, decisions=decisions, applied=applied, judged=_in_force_since(conn, since_ms))


def _in_force_since(conn: Connection, since_ms: int) -> frozenset[str]:
    """The ids of the enabled rules of every version that was active at any time since then."""
    activations = policy.activations(conn, CONFIGURATION)
    later = [one.hash for one in activations if one.activated_at_ms > since_ms]
    first = next((one.hash for one in activations if one.activated_at_ms <= since_ms), None)
    if first is None:
        return frozenset()
    return frozenset.intersection(*(_rule_ids(conn, name) for name in {first, *later}))


def _rule_ids(conn: Connection, name: str) -> frozenset[str]:
    document = json.loads(policy.stored_version(conn, CONFIGURATION, name).document)
    return frozenset(rule["id"] for rule in document.get("routing_rules", ()) if rule.get("enabled", True))
