"""What the orders of one arm came to, in figures that can be added up."""

from typing import Self

from orderflow.decision import Decision
from orderflow.experiments.estimates import Sample
from orderflow.experiments.settings import Arm
from orderflow.value import Value


class Observation(Value):
    """One order of an experiment. Cost and days are the decision's estimates, None where nothing ships."""

    arm: Arm
    strategy: str
    cost_minor: int | None = None
    currency: str = ""
    days: int | None = None
    locations: int = 0
    backordered: int = 0

    @classmethod
    def of(cls, arm: Arm, strategy: str, decision: Decision) -> Self:
        """What is noted of an order's decision; the days are those of its last parcel."""
        plan = decision.plan
        days = [shipment.estimated_days for shipment in plan.shipments]
        return cls(
            arm=arm,
            strategy=strategy,
            cost_minor=plan.cost.minor if plan.cost else None,
            currency=plan.cost.currency if plan.cost else "",
            days=max((one for one in days if one is not None), default=None),
            locations=len({shipment.location for shipment in plan.shipments}),
            backordered=sum(line.quantity for line in plan.backordered),
        )


class Tally(Value):
    """The orders of one arm together. `cost` is in minor units, `split` and `backordered` are numbers of orders."""

    arm: Arm
    orders: int = 0
    cost: Sample = Sample()
    days: Sample = Sample()
    split: int = 0
    backordered: int = 0
