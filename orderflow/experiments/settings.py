"""The configuration's section `experiment`."""

from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from orderflow.value import Value


class Arm(StrEnum):
    """What an order may be given: one of the two strategies on trial, or the active rules like everybody else."""

    A = "a"
    B = "b"
    ACTIVE = "active"


TRIED = (Arm.A, Arm.B)


class Guardrails(Value):
    """How much worse than the active rules an arm may be before the experiment is stopped.

    Cost in percent of the active arm's mean, backorders in points of percent. No arm is judged before it has
    `minimum_orders`.
    """

    cost_rise_percent: float = Field(default=20, ge=0)
    backorder_rise_points: float = Field(default=2, ge=0)
    minimum_orders: int = Field(default=100, ge=30)


class Experiment(Value):
    """Two strategies on trial: each on half of `share_percent` of the orders, the rest on the active rules.

    `name` is what the experiment's orders are kept under: another trial needs another name. `sticky_by` says whose
    arm never changes: the order's, or the customer's over all their orders (a guest's order counts as its own).
    `minimum_orders` of each arm come before any verdict.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=40)
    strategies: tuple[str, str]
    share_percent: float = Field(default=10, gt=0, le=50)
    sticky_by: Literal["order", "customer"] = "order"
    minimum_orders: int = Field(default=500, ge=30)
    guardrails: Guardrails = Guardrails()

    @model_validator(mode="after")
    def _two_different(self) -> Self:
        if self.strategies[0] == self.strategies[1]:
            raise ValueError("the two strategies of an experiment must not be the same")
        return self

    def strategy_of(self, arm: Arm) -> str:
        """The strategy on trial; empty for the active arm, which keeps the policy's."""
        return dict(zip(TRIED, self.strategies, strict=True)).get(arm, "")

    @property
    def shares(self) -> dict[Arm, float]:
        """The share of all orders each arm should get; together they are 1."""
        half = self.share_percent / 200
        return {Arm.A: half, Arm.B: half, Arm.ACTIVE: 1 - 2 * half}
