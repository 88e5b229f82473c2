"""Orders of experiments, and experiments that were stopped."""

from sqlmodel import Field

from connectors.database.tables.base import DatabaseTable, big, big_or_null, table_of


class ExperimentOrderTable(DatabaseTable, table=True):
    """One order while an experiment ran, of whatever arm, with what its newest decision came to.

    Cost and days are the decision's estimates and absent where nothing ships.
    """

    __tablename__ = "experiment_order"
    experiment: str = Field(primary_key=True)
    order_id: str = Field(primary_key=True, foreign_key="orders.id")
    arm: str
    strategy: str
    decided_at: int = big()
    cost_minor: int | None = big_or_null()
    currency: str
    days: int | None = None
    locations: int = 0
    backordered: int = 0


class ExperimentStopTable(DatabaseTable, table=True):
    """An experiment that gives no order an arm any more, with who stopped it and why."""

    __tablename__ = "experiment_stop"
    experiment: str = Field(primary_key=True)
    reason: str
    actor_id: str
    stopped_at: int = big()


experiment_order = table_of(ExperimentOrderTable)
experiment_stop = table_of(ExperimentStopTable)
