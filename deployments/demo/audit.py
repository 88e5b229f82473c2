"""The books of the outside services held against ours: every disagreement is a sentence, and there should be none."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from connectors.database.invariants import violations
from connectors.database.session import Database
from deployments.demo.sandbox_server import SandboxServer

PROVIDERS = ("shipstation", "shippo")
MAILBOXES = (("sendgrid", "mails"), ("twilio", "texts"), ("slack", "messages"))

Rows = list[Mapping[str, Any]]


@dataclass(frozen=True)
class OurBooks:
    """What our database says happened outside."""

    orders: Rows
    labels: Rows
    messages: Rows

    @classmethod
    def read(cls, database: Database) -> "OurBooks":
        """The books as they are now."""
        return cls(
            orders=rows_of(database, "SELECT id, source, external_id, number, status, step FROM orders"),
            labels=rows_of(
                database,
                "SELECT s.id, s.provider, s.provider_reference, s.tracking_number, s.state, o.source, o.external_id "
                "FROM shipment s JOIN orders o ON o.id = s.order_id WHERE s.provider_reference <> ''",
            ),
            messages=rows_of(database, "SELECT dedup_key, kind, state, stage, receipt, last_error FROM outbox"),
        )


def disagreements(database: Database, sandbox: SandboxServer, expected_orders: int) -> list[str]:
    """Everything the books disagree about, ours with themselves included."""
    ours = OurBooks.read(database)
    found = [*_lost(ours, expected_orders), *_own(database)]
    for provider in PROVIDERS:
        found += _labels(provider, ours, labels_sold(sandbox, provider))
    found += _fulfillments(ours, sandbox.books("shopify").get("fulfillments", []))
    for service, kind in MAILBOXES:
        found += _twice(service, sandbox.books(service).get(kind, []), lambda row: row.get("key", ""))
    return [*found, *_undelivered(ours)]


def _lost(ours: OurBooks, expected: int) -> Iterable[str]:
    if len(ours.orders) != expected:
        yield f"{expected} orders were sent and {len(ours.orders)} are in our books"
    for order in ours.orders:
        if order["step"] != "none":
            yield f"order {order['number']} still waits for its {order['step']}"


def _own(database: Database) -> Iterable[str]:
    with database.read() as conn:
        for name, count in violations(conn).items():
            if count:
                yield f"our own books break {name}: {count} row(s)"


def labels_sold(sandbox: SandboxServer, provider: str) -> Rows:
    """The labels of the provider's books that hold."""
    return [row for row in sandbox.books(provider).get("labels", []) if not row.get("voided")]


def rows_of(database: Database, query: str) -> Rows:
    """What the question finds in our own books."""
    with database.read() as conn:
        return [dict(row) for row in conn.execute(text(query)).mappings()]


def _labels(provider: str, ours: OurBooks, theirs: Rows) -> Iterable[str]:
    bought = {row["reference"]: row for row in theirs}
    yield from _twice(provider, theirs, lambda row: row["reference"])
    known = {row["id"]: row for row in ours.labels if row["provider"] == provider and row["state"] != "voided"}
    for reference in bought.keys() - known.keys():
        yield f"{provider} sold a label for {reference} that our books do not have"
    for reference in known.keys() - bought.keys():
        yield f"our books have a label for {reference} that {provider} does not know"
    for reference in known.keys() & bought.keys():
        if known[reference]["tracking_number"] != bought[reference]["tracking_number"]:
            yield f"{provider} and our books disagree about the tracking number of {reference}"


def _fulfillments(ours: OurBooks, theirs: list[dict[str, Any]]) -> Iterable[str]:
    told = Counter(str(row["tracking"].get("number", "")) for row in theirs)
    for tracking, times in told.items():
        if times > 1:
            yield f"Shopify was told {times} times of {tracking}"
    wanted = {row["tracking_number"] for row in ours.labels if row["source"] == "shopify" and row["state"] != "voided"}
    for tracking in wanted - told.keys():
        yield f"Shopify was never told of {tracking}"
    for tracking in told.keys() - wanted:
        yield f"Shopify was told of {tracking}, which is not in our books"


def _twice(service: str, rows: Iterable[Mapping[str, Any]], key: Callable[[Mapping[str, Any]], str]) -> Iterable[str]:
    for name, times in Counter(key(row) for row in rows).items():
        if name and times > 1:
            yield f"{service} got {name} {times} times"


def _undelivered(ours: OurBooks) -> Iterable[str]:
    for row in ours.messages:
        # A digest of alarms is sent when its minute is over, which may be after the end.
        if row["state"] != "sent" and row["kind"] != "alarms":
            yield f"{row['stage']} {row['kind']} ({row['dedup_key']}) is {row['state']}: {row['last_error']}"
