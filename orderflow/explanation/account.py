"""The whole account of a decision: why here, why nowhere else, what was tried and what is promised."""

from orderflow.decision import Candidate, Decision, PlannedShipment
from orderflow.explanation.flips import flip_words
from orderflow.explanation.words import alternative_words, for_amount, units_words
from orderflow.holds import Hold


def explain(decision: Decision) -> list[str]:
    """The account of a decision, a sentence a line, for `orders explain` and the console."""
    plan = decision.plan
    return [
        f"{decision.outcome}: {decision.reason}",
        *[f"Decided as arm {decision.arm} of an experiment."] * bool(decision.arm),
        *_hold(decision.hold),
        *(f"Rule {rule.name or rule.rule_id} applied ({rule.branch})." for rule in decision.rules),
        *(_shipment(shipment) for shipment in plan.shipments),
        *(f"Waiting: {units_words([line])} (line {line.line_no})." for line in plan.backordered),
        *(f"Tried {attempt.tried}: {attempt.result}." for attempt in plan.attempts),
        *(f"Instead, {alternative_words(other)}." for other in plan.alternatives if other.verdict),
        *(line for candidate in plan.candidates for line in _candidate(decision, candidate)),
        *_figures(decision),
    ]


def _hold(hold: Hold | None) -> list[str]:
    if hold is None:
        return []
    where = f" at {hold.field}" if hold.field else ""
    return [f"Hold {hold.reason}/{hold.code}{where}: {hold.detail} {hold.remedy}"]


def _shipment(shipment: PlannedShipment) -> str:
    return (
        f"Shipment {shipment.number} from {shipment.location} ({shipment.source}): {units_words(shipment.lines)}, "
        f"{shipment.weight_grams} g, {shipment.speed}{for_amount(shipment.estimated_cost)}{_promise(shipment)}."
    )


def _promise(shipment: PlannedShipment) -> str:
    if shipment.promised_from is None or shipment.promised_to is None:
        return ""
    return f", promised between {shipment.promised_from:%Y-%m-%d %H:%M} and {shipment.promised_to:%Y-%m-%d %H:%M} UTC"


def _candidate(decision: Decision, candidate: Candidate) -> list[str]:
    verdict = "chosen" if candidate.chosen else f"not chosen: {candidate.lost_because}"
    parts = [f"  {part.points:+g} {part.factor}: {part.fact}." for part in candidate.parts]
    flips = flip_words(decision, candidate)
    return [f"{candidate.location}, {candidate.score:g} points, {verdict}.", *parts, *(f"  {flip}." for flip in flips)]


def _figures(decision: Decision) -> list[str]:
    if decision.route_score is None or decision.confidence is None:
        return []
    return [f"Route score {decision.route_score:g}/10, confidence {decision.confidence:.0%}."]
