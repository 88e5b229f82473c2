"""Everybody's books at the end: how often each promise was broken, by the number of its invariant."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.database.invariants import MEANING, violations
from connectors.database.session import Database
from deployments.chaos.traffic import Sent
from deployments.demo.audit import MAILBOXES, PROVIDERS, labels_sold, rows_of
from deployments.demo.sandbox_server import SandboxServer

PROMISES: Mapping[str, str] = {
    "I1": "an order that was accepted is not in our books",
    "I2": "a provider sold two labels for one shipment",
    "I3": "our books have a label its provider does not know",
    "I4": "a provider sold a label our books do not have",
    "I7": "a message, or a shipment told to the channel, went out twice",
    "I12": "what nobody can read is not exactly what lies among the dead letters",
    **MEANING,
}

_LABELS = "SELECT id, provider, tracking_number FROM shipment WHERE provider_reference <> '' AND state <> 'voided'"
_ORDERS = "SELECT number FROM orders"
_DEAD = "SELECT COUNT(*) AS found FROM inbox WHERE state = 'dead'"


@dataclass(frozen=True)
class Label:
    """A label that holds, as one side has it."""

    provider: str
    reference: str
    tracking_number: str


def broken_promises(database: Database, sandbox: SandboxServer, sent: Sent) -> dict[str, int]:
    """How often each invariant is broken; every number should be 0."""
    theirs = [
        Label(provider, row["reference"], row["tracking_number"])
        for provider in PROVIDERS
        for row in labels_sold(sandbox, provider)
    ]
    ours = [Label(row["provider"], row["id"], row["tracking_number"]) for row in rows_of(database, _LABELS)]
    with database.read() as conn:
        found = violations(conn)
    found |= {
        "I1": len(sent.orders - {row["number"] for row in rows_of(database, _ORDERS)}),
        "I2": _repeated((label.provider, label.reference) for label in theirs),
        "I3": len(set(ours) - set(theirs)),
        "I4": len(set(theirs) - set(ours)),
        "I7": _told_twice(sandbox),
        "I12": abs(rows_of(database, _DEAD)[0]["found"] - sent.poison),
    }
    return {name: found[name] for name in PROMISES}


def _told_twice(sandbox: SandboxServer) -> int:
    told = sum(
        _repeated(row.get("key", "") for row in sandbox.books(service).get(kind, [])) for service, kind in MAILBOXES
    )
    shipments = sandbox.books("shopify").get("fulfillments", [])
    return told + _repeated(str(row["tracking"].get("number", "")) for row in shipments)


def _repeated(keys: Iterable[Any]) -> int:
    return sum(times - 1 for key, times in Counter(keys).items() if key)
