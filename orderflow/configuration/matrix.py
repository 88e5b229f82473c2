"""The route matrix: every segment of orders beside what becomes of it, the exceptions among them."""

from collections.abc import Iterator

from orderflow.configuration.lanes import EXCEPTIONS
from orderflow.configuration.model import Configuration
from orderflow.holds import HoldReason
from orderflow.rules.actions import Actions
from orderflow.rules.changes import effects_in_words
from orderflow.rules.expression import Expression
from orderflow.rules.lint import may_meet_both
from orderflow.rules.parser import parse_conditions
from orderflow.rules.rule import Rule
from orderflow.rules.sentences import sentence
from orderflow.value import Value

EVERY_OTHER = "every other order"


class MatrixRow(Value):
    """One segment. `lanes` are those whose orders may be in it; `case` is the hold or approval it ends in, if any.

    `asks_on` says that later rows may add to what becomes of it.
    """

    segment: str
    rule_id: str = ""
    lanes: tuple[str, ...] = ()
    location: str = ""
    speed: str = ""
    carrier: str = ""
    case: str = ""
    also: str = ""
    asks_on: bool = False


def route_matrix(configuration: Configuration) -> tuple[MatrixRow, ...]:
    """The enabled rules in the order they are asked, then every other order, then the exceptions of all of them."""
    return (*_rules(configuration), _every_other(configuration), *_exceptions(configuration))


def _rules(configuration: Configuration) -> Iterator[MatrixRow]:
    for rule, expression in configuration.rule_set().in_order:
        if not rule.enabled:
            continue
        words, lanes = sentence(expression), _lanes(configuration, expression)
        yield _row(words, rule, rule.actions, lanes, asks_on=rule.on_match == "continue")
        if rule.otherwise:
            yield _row(f"not ({words})", rule, rule.otherwise, lanes, asks_on=rule.on_else == "continue")


def _lanes(configuration: Configuration, expression: Expression) -> tuple[str, ...]:
    currency = configuration.shop.currency
    return tuple(
        lane.code
        for lane in configuration.lanes
        if may_meet_both(parse_conditions(lane.conditions, currency=currency), expression)
    )


def _row(segment: str, rule: Rule, actions: Actions, lanes: tuple[str, ...], *, asks_on: bool) -> MatrixRow:
    shown = {"warehouse", "strategy", "shipping_speed", "delivery_days", "carrier", "hold", "approval", "auto_approve"}
    rest = actions.model_copy(update={name: Actions.model_fields[name].default for name in shown})
    also = effects_in_words(rest)
    days = f" in {actions.delivery_days} days" if actions.delivery_days is not None else ""
    return MatrixRow(
        segment=segment,
        rule_id=rule.id,
        lanes=lanes,
        location=actions.warehouse or (f"by {actions.strategy}" if actions.strategy else ""),
        speed=f"{actions.shipping_speed or ''}{days}".strip(),
        carrier=actions.carrier or "",
        case=_case(actions),
        also="" if also == "nothing" else also,
        asks_on=asks_on,
    )


def _case(actions: Actions) -> str:
    if actions.hold:
        return f"held: {actions.hold}"
    if actions.approval:
        return "needs approval"
    return "needs no approval for its tier" if actions.auto_approve else ""


def _every_other(configuration: Configuration) -> MatrixRow:
    policy = configuration.routing
    chain = f", then {', '.join(policy.fallback_chain)}" if policy.fallback_chain else ""
    return MatrixRow(
        segment=EVERY_OTHER,
        lanes=tuple(lane.code for lane in configuration.lanes),
        location=f"by {policy.strategy}{chain}",
        speed=policy.default_speed,
        case=f"backorder: {policy.backorders}, where nobody has it",
    )


def _exceptions(configuration: Configuration) -> Iterator[MatrixRow]:
    """Who gets an order that cannot go on, by lane where a lane says so."""
    notifications = configuration.notifications
    for reason in HoldReason:
        told = ", ".join(notifications.recipients_for(reason))
        yield MatrixRow(segment=f"orders with a problem of {reason}", case=f"held for {reason}", also=told)
        for lane in configuration.lanes if reason in EXCEPTIONS else ():
            if reason in lane.exceptions:
                segment = f"those of lane {lane.code}"
                yield MatrixRow(
                    segment=segment, lanes=(lane.code,), case=f"held for {reason}", also=lane.exceptions[reason]
                )
