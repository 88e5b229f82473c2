"""Which rules did anything lately, as the recorded decisions and the versions in force tell."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from connectors.database.decisions import save_decisions
from connectors.database.decisions.applied import rules_applied
from connectors.database.session import Database
from deployments.first_steps import deploy_configuration
from deployments.versions.firing import DAY_MS, firing_of
from orderflow.configuration import load_configuration
from orderflow.decision import Decision, Outcome, RuleMatch
from orderflow.rules.lint import never_fired

PaidOrders = Callable[..., list]


def rules(*ids: str) -> dict:
    return {"routing_rules": [{"id": one, "conditions": {"source": one}, "actions": {"carrier": one}} for one in ids]}


@pytest.fixture
def decided(db: Database, make_order: Callable, paid_orders: PaidOrders) -> Callable[..., None]:
    """Records decisions of some days ago, each with the rules that were applied in it."""
    (order,) = paid_orders(make_order(1001))

    def decide(days_ago: float, *applied: tuple[str, ...]) -> None:
        moment = datetime.now(UTC) - timedelta(days=days_ago)
        made = [
            Decision(
                source="shopify",
                external_id="1",
                outcome=Outcome.SHIP,
                reason="",
                rules=tuple(RuleMatch(rule_id=one) for one in ids),
                decided_at=moment,
            )
            for ids in applied
        ]
        with db.write() as conn:
            save_decisions(conn, [(order.id, one) for one in made])

    return decide


def deploy(db: Database, document: dict, days_ago: int) -> None:
    deploy_configuration(db, document, actor="user:test")
    with db.write() as conn:
        latest = "UPDATE policy_pointer SET activated_at = activated_at - :ms WHERE kind = 'configuration' AND seq ="
        conn.execute(text(f"{latest} (SELECT max(seq) FROM policy_pointer)"), {"ms": days_ago * DAY_MS})


def test_each_rule_is_counted_once_in_each_decision_since_then(db, decided):
    decided(1, ("a",), ("a", "b", "a"), ())
    decided(31, ("c",))
    with db.read() as conn:
        assert rules_applied(conn, db.now_ms(conn) - 30 * DAY_MS) == (3, {"a": 2, "b": 1})


def test_only_rules_in_force_all_those_days_are_judged(db, decided):
    deploy(db, rules("old", "gone", "busy"), days_ago=40)
    deploy(db, rules("old", "busy", "young"), days_ago=3)
    decided(2, ("busy",))
    configuration, _ = load_configuration(rules("old", "busy", "young"))
    with db.read() as conn:
        firing = firing_of(conn, 30)
        lately = firing_of(conn, 2)
    assert (firing.decisions, firing.judged) == (1, {"old", "busy"})
    assert [one.rule_id for one in never_fired(configuration.rule_set(), firing)] == ["old"]
    assert lately.judged == {"old", "busy", "young"}


def test_no_rule_is_judged_where_none_was_in_force_so_long(db, decided):
    deploy(db, rules("new"), days_ago=3)
    decided(1, ())
    with db.read() as conn:
        assert firing_of(conn, 30).judged == frozenset()
