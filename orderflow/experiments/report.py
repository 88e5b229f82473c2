"""What an experiment shows so far, and whether that is enough to say which strategy is better."""

from collections.abc import Mapping
from enum import StrEnum

from orderflow.experiments.estimates import Estimate, difference_of_means, mean_of, sample_ratio_p_value, share_of
from orderflow.experiments.settings import TRIED, Arm, Experiment
from orderflow.experiments.tally import Tally
from orderflow.money import minor_digits
from orderflow.value import Value

# The usual threshold of sample-ratio checks: a fair split fails once in a thousand times.
MISMATCH = 0.001


class Verdict(StrEnum):
    """What may be said; nothing may before both arms have their minimum."""

    TOO_FEW = "too_few_orders"
    MISMATCH = "sample_ratio_mismatch"
    NO_DIFFERENCE = "no_difference_shown"
    A_IS_CHEAPER = "a_is_cheaper"
    B_IS_CHEAPER = "b_is_cheaper"


class ArmReport(Value):
    """One arm. Costs are in major units of the currency; shares are of the arm's orders, 0 to 1."""

    arm: Arm
    strategy: str
    orders: int
    cost: Estimate | None
    days: Estimate | None
    split: Estimate | None
    backordered: Estimate | None


class Report(Value):
    """The whole experiment. `cost_difference` is arm a's cost per order less arm b's, with its 95 % interval."""

    name: str
    currency: str
    arms: tuple[ArmReport, ...]
    sample_ratio_p_value: float
    cost_difference: Estimate | None
    verdict: Verdict
    sentence: str


def report(experiment: Experiment, tallies: Mapping[Arm, Tally], *, currency: str, active_strategy: str) -> Report:
    """The figures of every arm, and the verdict on the cost per order of the two strategies."""
    full = {arm: tallies.get(arm, Tally(arm=arm)) for arm in Arm}
    unit = 10.0 ** -minor_digits(currency)
    shares = experiment.shares
    p_value = sample_ratio_p_value([full[arm].orders for arm in shares], list(shares.values()))
    difference = difference_of_means(full[Arm.A].cost, full[Arm.B].cost)
    verdict = _verdict(experiment, full, p_value, difference)
    return Report(
        name=experiment.name,
        currency=currency,
        arms=tuple(_arm(full[arm], experiment.strategy_of(arm) or active_strategy, unit) for arm in Arm),
        sample_ratio_p_value=p_value,
        cost_difference=difference.scaled(unit) if difference else None,
        verdict=verdict,
        sentence=_sentence(experiment, full, verdict),
    )


def _arm(tally: Tally, strategy: str, unit: float) -> ArmReport:
    cost = mean_of(tally.cost)
    return ArmReport(
        arm=tally.arm,
        strategy=strategy,
        orders=tally.orders,
        cost=cost.scaled(unit) if cost else None,
        days=mean_of(tally.days),
        split=share_of(tally.split, tally.orders),
        backordered=share_of(tally.backordered, tally.orders),
    )


def _verdict(
    experiment: Experiment, tallies: Mapping[Arm, Tally], p_value: float, difference: Estimate | None
) -> Verdict:
    if p_value < MISMATCH:
        return Verdict.MISMATCH
    if difference is None or min(tallies[arm].orders for arm in TRIED) < experiment.minimum_orders:
        return Verdict.TOO_FEW
    if difference.low <= 0 <= difference.high:
        return Verdict.NO_DIFFERENCE
    return Verdict.A_IS_CHEAPER if difference.high < 0 else Verdict.B_IS_CHEAPER


def _sentence(experiment: Experiment, tallies: Mapping[Arm, Tally], verdict: Verdict) -> str:
    a, b = experiment.strategies
    fewest = min(tallies[arm].orders for arm in TRIED)
    sentences = {
        Verdict.MISMATCH: "The arms did not get their shares of the orders: something assigns or loses them wrongly, "
        "so the figures say nothing about the strategies.",
        Verdict.TOO_FEW: f"No verdict before each arm has {experiment.minimum_orders} orders; the smaller one has "
        f"{fewest}.",
        Verdict.NO_DIFFERENCE: f"No difference in cost per order is shown between {a} and {b}.",
        Verdict.A_IS_CHEAPER: f"Arm a ({a}) costs less per order than arm b ({b}).",
        Verdict.B_IS_CHEAPER: f"Arm b ({b}) costs less per order than arm a ({a}).",
    }
    return sentences[verdict]
