"""Handovers: one row for each shipment a partner took, and how far the partner is with it."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, exists, literal_column, select, update

from connectors.database.session import now_ms
from connectors.database.statements.batch import insert_new_rows, storable
from connectors.database.statements.lists import among
from connectors.database.tables import handover, orders
from connectors.protocols import Stage

# Where the partner has the shipment and may still send it.
AT_PARTNER = (Stage.REQUESTED, Stage.ACCEPTED, Stage.PICKED, Stage.PACKED)
_OF_ORDERS = select(handover).where(among(handover.c.order_id, "order_ids")).order_by(handover.c.id)
_RANK = {stage: rank for rank, stage in enumerate(AT_PARTNER)}


@dataclass(frozen=True)
class NewHandover:
    """A shipment a partner has just taken; the hash names what it was asked for.

    Nobody confirming it within `confirm_seconds` is an exception.
    """

    shipment_id: str
    order_id: str
    location: str
    partner: str
    provider_reference: str
    request_hash: str
    confirm_seconds: float


@dataclass(frozen=True)
class HandoverRow:
    """A shipment at a partner; the id is the shipment's.

    `refused` are units by line that it will not send, `replanned` those of them that have a new plan.
    """

    id: str
    order_id: str
    location: str
    partner: str
    provider_reference: str
    request_hash: str
    stage: Stage
    reason: str
    requested_at_ms: int
    changed_at_ms: int
    confirm_by_ms: int
    refused: Mapping[int, int] = field(default_factory=dict)
    replanned: Mapping[int, int] = field(default_factory=dict)

    @property
    def is_at_partner(self) -> bool:
        """Whether the partner may still send it."""
        return self.stage in AT_PARTNER

    @property
    def to_be_replanned(self) -> dict[int, int]:
        """Refused units by line that nobody has a plan for yet."""
        left = {line: units - self.replanned.get(line, 0) for line, units in self.refused.items()}
        return {line: units for line, units in left.items() if units > 0}


def record_handover(conn: Connection, new: NewHandover) -> bool:
    """Notes that the partner has the shipment; False where that was noted before."""
    now = now_ms(conn)
    row = {
        "id": new.shipment_id,
        "order_id": new.order_id,
        "location": new.location,
        "partner": new.partner,
        "provider_reference": new.provider_reference,
        "request_hash": new.request_hash,
        "stage": Stage.REQUESTED,
        "requested_at": now,
        "changed_at": now,
        "confirm_by": now + round(new.confirm_seconds * 1000),
    }
    return bool(insert_new_rows(conn, handover, [row]))


def note_stage(conn: Connection, shipment_id: str, stage: Stage, reason: str = "") -> bool:
    """Moves the shipment on to this stage; False where it stands there or further already.

    A partner's older word never turns it back, and what ended stays ended.
    """
    before = [one for one in AT_PARTNER if _RANK[one] < _RANK.get(stage, len(_RANK))]
    current = (handover.c.id == shipment_id) & handover.c.stage.in_(before)
    values = {"stage": stage, "reason": storable(reason), "changed_at": now_ms(conn)}
    return conn.execute(update(handover).where(current).values(**values)).rowcount == 1


def wait_again(conn: Connection, shipment_id: str, seconds: float) -> None:
    """Gives the partner so long again to confirm the shipment."""
    later = now_ms(conn) + round(seconds * 1000)
    conn.execute(update(handover).where(handover.c.id == shipment_id).values(confirm_by=later))


def note_changed(conn: Connection, shipment_id: str, request_hash: str) -> None:
    """Notes that people know that the shipment is to be another now than the partner was asked for."""
    conn.execute(update(handover).where(handover.c.id == shipment_id).values(request_hash=request_hash))


def handovers_of(conn: Connection, order_ids: Iterable[str]) -> dict[str, HandoverRow]:
    """The handovers of these orders by their shipments, ended ones among them."""
    return {row.id: _row(row) for row in conn.execute(_OF_ORDERS, {"order_ids": list(order_ids)})}


@dataclass(frozen=True)
class OpenHandover(HandoverRow):
    """A shipment a partner still has, with its order's number."""

    number: str = ""


def open_handovers(conn: Connection, *, limit: int) -> list[OpenHandover]:
    """The shipments partners may still send, longest unchanged first."""
    query = select(handover, orders.c.number).join(orders, orders.c.id == handover.c.order_id)
    query = query.where(handover.c.stage.in_(AT_PARTNER)).order_by(handover.c.changed_at, handover.c.id).limit(limit)
    return [OpenHandover(**vars(_row(row)), number=row.number) for row in conn.execute(query)]


def is_at_partner(conn: Connection, order_id: str) -> bool:
    """Whether a partner may still send a shipment of the order."""
    live = (handover.c.order_id == order_id) & handover.c.stage.in_(AT_PARTNER)
    return conn.execute(select(handover.c.id).where(live).limit(1)).first() is not None


def hasten(conn: Connection, partner: str, references: Collection[str]) -> int:
    """Has the partner asked at once about these shipments, named by our ids or its own; returns how many orders."""
    named = handover.c.provider_reference.in_(list(references)) | handover.c.id.in_(list(references))
    live = (handover.c.partner == partner) & named & handover.c.stage.in_(AT_PARTNER)
    concerned = exists().where(handover.c.order_id == orders.c.id, live)
    waiting = orders.c.step == literal_column("'label'")
    return conn.execute(update(orders).where(concerned, waiting).values(next_at=now_ms(conn))).rowcount


def _row(row: Any) -> HandoverRow:
    return HandoverRow(
        id=row.id,
        order_id=row.order_id,
        location=row.location,
        partner=row.partner,
        provider_reference=row.provider_reference,
        request_hash=row.request_hash,
        stage=Stage(row.stage),
        reason=row.reason,
        requested_at_ms=row.requested_at,
        changed_at_ms=row.changed_at,
        confirm_by_ms=row.confirm_by,
        refused=_units(row.refused),
        replanned=_units(row.replanned),
    )


def _units(text: str) -> dict[int, int]:
    return {int(line): units for line, units in json.loads(text).items()}
