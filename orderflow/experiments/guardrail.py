"""When an experiment does harm, and must not be given any more orders.

An arm is compared with the active rules at a confidence of 99.8 %, because the question is asked again and again while
orders come: at 95 % every twentieth harmless experiment would be stopped on its first day. Worse than allowed means
that even the best end of the interval is worse than allowed.
"""

from collections.abc import Iterator, Mapping

from orderflow.experiments.estimates import difference_of_means, difference_of_shares
from orderflow.experiments.settings import TRIED, Arm, Experiment
from orderflow.experiments.tally import Tally

CONFIDENCE = 0.998


def broken_guardrail(experiment: Experiment, tallies: Mapping[Arm, Tally]) -> str | None:
    """Why the experiment should stop, in words; None while no arm is shown to do harm."""
    active = tallies.get(Arm.ACTIVE, Tally(arm=Arm.ACTIVE))
    judged = (tallies[arm] for arm in TRIED if arm in tallies)
    return next((harm for tally in judged for harm in _harms(experiment, tally, active)), None)


def _harms(experiment: Experiment, tally: Tally, active: Tally) -> Iterator[str]:
    rails = experiment.guardrails
    if min(tally.orders, active.orders) < rails.minimum_orders:
        return
    who = f"arm {tally.arm} ({experiment.strategy_of(tally.arm)})"
    cost = difference_of_means(tally.cost, active.cost, CONFIDENCE)
    if cost and cost.low > active.cost.mean * rails.cost_rise_percent / 100:
        rise = 100 * cost.value / active.cost.mean if active.cost.mean else float("inf")
        yield f"{who} costs {rise:.1f} % more per order than the active rules, {rails.cost_rise_percent:g} % is allowed"
    waits = difference_of_shares((tally.backordered, tally.orders), (active.backordered, active.orders), CONFIDENCE)
    if waits and waits.low > rails.backorder_rise_points / 100:
        yield (
            f"{who} backorders {100 * waits.value:.1f} points more of its orders than the active rules, "
            f"{rails.backorder_rise_points:g} are allowed"
        )
