"""Try: while an experiment runs, an order is decided by the strategy of its arm, and what it came to is noted."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Connection

from connectors.database import experiments
from connectors.shop import Shop
from orderflow.decision import Decision
from orderflow.experiments.assignment import arm_of
from orderflow.experiments.guardrail import broken_guardrail
from orderflow.experiments.settings import Arm, Experiment
from orderflow.experiments.tally import Observation
from orderflow.replay import DecisionInputs

WATCHER = "system:watch-orders"


def running_experiment(conn: Connection, shop: Shop) -> Experiment | None:
    """The configured experiment, unless it was stopped."""
    experiment = shop.configuration.experiment
    stopped = experiment and experiments.stop_of(conn, experiment.name)
    return None if stopped else experiment


def tried(experiment: Experiment | None, inputs: DecisionInputs) -> DecisionInputs:
    """The inputs with the order's arm, and the policy sourcing by the arm's strategy."""
    if experiment is None:
        return inputs
    arm = arm_of(experiment, inputs.facts.order)
    marked = replace(inputs, facts=replace(inputs.facts, arm=f"{experiment.name}/{arm}"))
    strategy = experiment.strategy_of(arm)
    return marked.on(inputs.basis.with_strategy(strategy)) if strategy else marked


def note_tried(conn: Connection, decided: Iterable[tuple[str, Decision, DecisionInputs]]) -> None:
    """Notes those orders that have an arm, (our order id, decision, what it was made from)."""
    by_name: dict[str, list[tuple[str, Observation]]] = {}
    for order_id, decision, inputs in decided:
        name, _, arm = decision.arm.rpartition("/")
        if name:
            noted = Observation.of(Arm(arm), inputs.facts.policy.strategy, decision)
            by_name.setdefault(name, []).append((order_id, noted))
    for name, noted in by_name.items():
        experiments.note_orders(conn, name, noted)


def stop_where_it_harms(conn: Connection, shop: Shop) -> bool:
    """Stops the running experiment where an arm breaks a guardrail; says whether it did."""
    experiment = running_experiment(conn, shop)
    if experiment is None:
        return False
    found = experiments.tallies(conn, experiment.name, shop.rate_card.currency)
    harm = broken_guardrail(experiment, found)
    return harm is not None and experiments.stop(conn, experiment.name, harm, actor=WATCHER)
