"""The orders of experiments, added up by arm, and the experiments that were stopped."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, case, func, select

from connectors.database.session import now_ms
from connectors.database.statements.batch import insert_one, upsert_rows
from connectors.database.tables import experiment_order, experiment_stop
from orderflow.experiments.estimates import Sample
from orderflow.experiments.settings import Arm
from orderflow.experiments.tally import Observation, Tally


@dataclass(frozen=True)
class Stop:
    """Why an experiment gives no order an arm any more, who said so, and when."""

    experiment: str
    reason: str
    actor: str
    at_ms: int


def note_orders(conn: Connection, experiment: str, noted: Sequence[tuple[str, Observation]]) -> None:
    """Notes what orders of an experiment came to, (our order id, observation); the newest decision replaces the last.

    An order keeps the arm it was first given.
    """
    now = now_ms(conn)
    rows = [
        {"experiment": experiment, "order_id": order_id, "decided_at": now, **one.model_dump(mode="json")}
        for order_id, one in noted
    ]
    upsert_rows(conn, experiment_order, sorted(rows, key=lambda row: row["order_id"]))


def tallies(conn: Connection, experiment: str, currency: str) -> dict[Arm, Tally]:
    """The orders by arm; an arm without orders is left out. Costs in other currencies are not added up."""
    noted = experiment_order.c
    cost = case((noted.currency == currency, noted.cost_minor))
    query = select(
        noted.arm,
        func.count(),
        *_sums(cost),
        *_sums(noted.days),
        func.sum(case((noted.locations > 1, 1), else_=0)),
        func.sum(case((noted.backordered > 0, 1), else_=0)),
    )
    rows = conn.execute(query.where(noted.experiment == experiment).group_by(noted.arm))
    return {Arm(arm): _tally(Arm(arm), *map(int, figures)) for arm, *figures in rows}


def stop(conn: Connection, experiment: str, reason: str, *, actor: str) -> bool:
    """Stops the experiment; False where it was stopped before, whose reason then stays."""
    row = {"experiment": experiment, "reason": reason, "actor_id": actor, "stopped_at": now_ms(conn)}
    return insert_one(conn, experiment_stop, row)


def stop_of(conn: Connection, experiment: str) -> Stop | None:
    """Who stopped the experiment and why; None while it runs."""
    row = conn.execute(select(experiment_stop).where(experiment_stop.c.experiment == experiment)).first()
    return Stop(row.experiment, row.reason, row.actor_id, row.stopped_at) if row else None


def _sums(figure: ColumnElement) -> tuple[ColumnElement, ...]:
    return func.count(figure), func.coalesce(func.sum(figure), 0), func.coalesce(func.sum(figure * figure), 0)


def _tally(arm: Arm, orders: int, *figures: int) -> Tally:
    cost, days = (
        Sample(count=count, total=total, squares=squares) for count, total, squares in (figures[:3], figures[3:6])
    )
    return Tally(arm=arm, orders=orders, cost=cost, days=days, split=figures[6], backordered=figures[7])
