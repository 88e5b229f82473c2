"""An experiment as operators see it: its report, its end, and its better strategy for everybody."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from shop_floor import NOW

from connectors.database import experiments, policy
from connectors.database.orders import insert_orders
from deployments.dry_run import active_or_written, sample_order
from deployments.first_steps import deployed_configuration
from deployments.home import Home
from orderflow.experiments.settings import Arm
from orderflow.experiments.tally import Observation

Run = Callable[..., Any]
TRIAL = {"name": "autumn", "strategies": ["cheapest", "fastest"], "minimum_orders": 40}
ORDERS = {Arm.A: 50, Arm.B: 52, Arm.ACTIVE: 898}


@pytest.fixture
def trial(home: Home, run: Run, here: Path) -> Home:
    """A shop whose configuration tries two strategies."""
    path = here / "orderflow-config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"experiment": TRIAL}))
    assert run("config:deploy", "--yes").code == 0
    return home


def noted(home: Home, costs: dict[Arm, int], counts: dict[Arm, int] | None = None) -> None:
    """Orders of each arm that cost about so much each."""
    configuration = active_or_written(home)
    assert configuration
    database = home.database()
    known = counts or ORDERS
    numbers = [f"{arm}-{number}" for arm in Arm for number in range(known[arm])]
    with database.write() as conn:
        made = [sample_order(number, configuration, NOW) for number in numbers]
        taken = insert_orders(conn, home.vault(), made, actor="channel:sample")
        rows = []
        for (_, number), stored in taken.items():
            arm = Arm(number.partition("-")[0])
            cost = costs[arm] + int(number.partition("-")[2]) % 7
            seen = Observation(arm=arm, strategy="x", cost_minor=cost, currency="USD", days=3, locations=1)
            rows.append((stored.id, seen))
        experiments.note_orders(conn, "autumn", rows)
    database.close()


@pytest.mark.requirement("OF-148")
def test_a_report_shows_every_arm_and_what_may_be_said(run: Run, trial: Home) -> None:
    noted(trial, {Arm.A: 800, Arm.B: 900, Arm.ACTIVE: 850})
    answer = run("experiments", "report", "--json").json
    assert [(arm["arm"], arm["strategy"], arm["orders"]) for arm in answer["arms"]] == [
        ("a", "cheapest", 50),
        ("b", "fastest", 52),
        ("active", "weighted_score", 898),
    ]
    assert answer["arms"][0]["cost"]["value"] == pytest.approx(8.03, abs=0.01)
    assert (answer["verdict"], answer["stopped"]) == ("a_is_cheaper", None)
    said = run("experiments", "report").out
    assert "Arm a (cheapest) costs less per order than arm b (fastest)." in said
    assert "The split is as it should be" in said


def test_a_report_without_orders_gives_no_verdict(run: Run, trial: Home) -> None:
    ended = run("experiments", "report")
    assert ended.code == 0
    assert "No verdict before each arm has 40 orders; the smaller one has 0." in ended.out


def test_a_report_says_when_the_split_is_wrong(run: Run, trial: Home) -> None:
    noted(trial, dict.fromkeys(Arm, 800), {Arm.A: 90, Arm.B: 45, Arm.ACTIVE: 800})
    answer = run("experiments", "report", "--json").json
    assert answer["verdict"] == "sample_ratio_mismatch"
    assert "not what was asked for" in run("experiments", "report").out


def test_an_arm_that_harms_ends_the_experiment_with_its_reason_kept(run: Run, trial: Home) -> None:
    noted(trial, {Arm.A: 800, Arm.B: 5000, Arm.ACTIVE: 850}, {Arm.A: 100, Arm.B: 104, Arm.ACTIVE: 1796})
    stopped = run("experiments", "report", "--json").json["stopped"]
    assert "by system:watch-orders: arm b (fastest) costs" in stopped
    assert run("experiments", "stop", "--reason", "enough").code == 1


def test_a_person_may_stop_an_experiment_for_a_reason_that_is_kept(run: Run, trial: Home) -> None:
    assert run("experiments", "stop", "--reason", "the fair is over").code == 0
    database = trial.database()
    with database.read() as conn:
        kept = experiments.stop_of(conn, "autumn")
    database.close()
    assert kept and kept.reason == "the fair is over"
    assert kept.actor.startswith("user:")


@pytest.mark.requirement("OF-148")
def test_promoting_an_arm_makes_its_strategy_everybodys_in_a_new_version(run: Run, trial: Home) -> None:
    refused = run("experiments", "promote", "b")
    assert refused.code == 2
    assert "say --yes" in refused.err
    ended = run("experiments", "promote", "b", "--yes")
    assert ended.code == 0
    assert "routing.strategy" in ended.out and "fastest" in ended.out
    database = trial.database()
    active = deployed_configuration(database)
    with database.read() as conn:
        count = len(policy.versions(conn, "configuration"))
    database.close()
    assert active and active[1].routing.strategy == "fastest"
    assert active[1].experiment is None
    assert count == 3
    assert run("experiments", "report").code == 2


def test_the_active_rules_cannot_be_promoted(run: Run, trial: Home) -> None:
    assert run("experiments", "promote", "active", "--yes").code == 2


def test_without_an_experiment_the_commands_say_so(run: Run, home: Home) -> None:
    ended = run("experiments", "report")
    assert ended.code == 2
    assert "has no experiment" in ended.err


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"strategies": ["cheapest", "fastet"]}, "experiment.strategies[1]"),
        ({"strategies": ["cheapest", "cheapest"]}, "experiment"),
        ({"strategies": ["cheapest"]}, "experiment.strategies"),
        ({"share_percent": 80}, "experiment.share_percent"),
        ({"shares": 80}, "experiment.shares"),
    ],
)
def test_a_mistake_in_the_section_is_named_with_its_place(
    run: Run, home: Home, here: Path, change: dict[str, Any], path: str
) -> None:
    document = json.loads((here / "orderflow-config.json").read_text()) | {"experiment": TRIAL | change}
    (here / "odd.json").write_text(json.dumps(document))
    ended = run("config:validate", str(here / "odd.json"), "--json")
    assert ended.code == 1
    assert any(problem["path"].startswith(path) for problem in ended.json["problems"])
