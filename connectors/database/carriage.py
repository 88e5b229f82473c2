"""How carriers were chosen and how they did: the choices with what the market asked, claims, and each one's record."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Select, and_, case, func, or_, select

from connectors.database.session import now_ms
from connectors.database.statements.batch import insert_one, storable, upsert_rows
from connectors.database.statements.lists import among
from connectors.database.tables import carrier_choice, carrier_claim, shipment, step
from orderflow.effects import StepState
from orderflow.money import Money
from orderflow.shipping.performance import CarrierRecord, ClaimKind

DAY_MS = 86_400_000
_CHOICES = select(carrier_choice).where(among(carrier_choice.c.order_id, "order_ids"))


@dataclass(frozen=True)
class CarrierChoice:
    """The offer taken for a parcel; `market` is the mean of the offers that would have done."""

    shipment_id: str
    order_id: str
    carrier: str
    selection: str
    reason: str
    cost: Money
    market: Money | None
    offers: int


def note_choices(conn: Connection, choices: Sequence[CarrierChoice]) -> None:
    """Keeps why each parcel's carrier was chosen; a later choice for a parcel replaces an earlier one."""
    now = now_ms(conn)
    upsert_rows(conn, carrier_choice, [_columns(one, now) for one in choices])


def choices_of(conn: Connection, order_ids: Iterable[str]) -> dict[str, CarrierChoice]:
    """The choices of these orders' parcels, by shipment id."""
    return {
        row.shipment_id: CarrierChoice(
            shipment_id=row.shipment_id,
            order_id=row.order_id,
            carrier=row.carrier,
            selection=row.selection,
            reason=row.reason,
            cost=Money.from_minor(row.cost_minor, row.currency),
            market=None if row.market_minor is None else Money.from_minor(row.market_minor, row.currency),
            offers=row.offers,
        )
        for row in conn.execute(_CHOICES, {"order_ids": order_ids})
    }


def claim(conn: Connection, shipment_id: str, kind: ClaimKind, *, note: str, actor: str) -> bool:
    """Notes that a parcel was lost or came damaged; False where that was noted before."""
    row = {"shipment_id": shipment_id, "kind": kind, "note": storable(note), "actor_id": actor}
    return insert_one(conn, carrier_claim, {**row, "claimed_at": now_ms(conn)})


def carrier_records(conn: Connection, days: int) -> list[CarrierRecord]:
    """How each carrier did with the parcels labelled during the last days, by carrier in lower case.

    A parcel was late if it was delivered after its promise, or is not delivered though the promise is past. Failures
    at the label are those of the platforms a carrier's labels are bought from, shared out to their carriers alike.
    """
    since = now_ms(conn) - days * DAY_MS
    sums: dict[str, Counter[str]] = {}
    for row in conn.execute(_parcels(since, now_ms(conn))):
        one = sums.setdefault(row.carrier.casefold(), Counter())
        one.update(due=row.due or 0, late=row.late or 0, labelled=row.labelled, claims=row.claims or 0)
    tries = {row.provider: (row.tries, row.tries - row.done) for row in conn.execute(_purchases(since))}
    for row in conn.execute(_sellers(since)):
        tried, failed = tries.get(row.provider, (0, 0))
        sums.setdefault(row.carrier.casefold(), Counter()).update(tries=tried, failures=failed)
    return [CarrierRecord(carrier=carrier, **sums[carrier]) for carrier in sorted(sums)]


def _parcels(since: int, now: int) -> Select:
    columns = shipment.c
    end = func.coalesce(columns.delivered_at, now)
    is_due = and_(columns.promised_to.is_not(None), or_(columns.delivered_at.is_not(None), columns.promised_to < now))
    claimed = select(carrier_claim.c.shipment_id).where(carrier_claim.c.shipment_id == columns.id).exists()
    return (
        select(
            columns.carrier,
            func.count().label("labelled"),
            func.sum(case((is_due, 1), else_=0)).label("due"),
            func.sum(case((and_(is_due, columns.promised_to < end), 1), else_=0)).label("late"),
            func.sum(case((claimed, 1), else_=0)).label("claims"),
        )
        .where(columns.labelled_at >= since, columns.state.in_(("labelled", "delivered")), columns.carrier != "")
        .group_by(columns.carrier)
    )


def _purchases(since: int) -> Select:
    done = func.sum(case((step.c.state == StepState.DONE, 1), else_=0))
    query = select(step.c.provider, func.sum(step.c.attempt).label("tries"), done.label("done"))
    return query.where(step.c.kind == "label", step.c.started_at >= since).group_by(step.c.provider)


def _sellers(since: int) -> Select:
    sold = (shipment.c.labelled_at >= since) & (shipment.c.carrier != "")
    return select(shipment.c.carrier, shipment.c.provider).where(sold).distinct()


def _columns(one: CarrierChoice, now: int) -> dict[str, object]:
    return {
        "shipment_id": one.shipment_id,
        "order_id": one.order_id,
        "carrier": one.carrier,
        "selection": one.selection,
        "reason": storable(one.reason),
        "cost_minor": one.cost.minor,
        "market_minor": one.market.minor if one.market else None,
        "currency": one.cost.currency,
        "offers": one.offers,
        "chosen_at": now,
    }
