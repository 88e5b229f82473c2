"""Real processes die while services misbehave, and at the end all books agree; the plan of blows is the seed's."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deployments.chaos.scenario import Scenario, blows
from deployments.chaos.verdict import PROMISES

REPOSITORY = Path(__file__).resolve().parents[2]


def _scenario(**changes):
    values = {"orders": 1000, "kills": 100, "seed": 7, "workers": 3, "orders_per_second": 15.0}
    return Scenario(**(values | changes))


def test_the_same_seed_makes_the_same_plan_and_another_seed_another():
    assert blows(_scenario()) == blows(_scenario())
    assert blows(_scenario()) != blows(_scenario(seed=8))


def test_a_plan_has_every_kill_asked_for_while_orders_come_in():
    plan = blows(_scenario(restarts_database=True, fills_disk=True))
    kinds = [blow.kind for blow in plan]
    assert sum(kind.startswith("kill") for kind in kinds) == 100
    assert {"stop", "restart prefect", "restart database", "fill disk"} < set(kinds)
    assert plan == sorted(plan, key=lambda blow: blow.at_seconds)
    assert all(0 < blow.at_seconds <= _scenario().seconds for blow in plan)


def test_the_last_fault_of_every_plan_is_a_run_stopped_with_the_last_order():
    for seed in range(20):
        last = blows(_scenario(seed=seed, kills=3))[-1]
        assert (last.kind, last.at_seconds) == ("stop", _scenario().seconds)
    assert blows(_scenario(kills=0)) == []


def test_what_a_machine_does_not_let_us_do_is_not_in_its_plan():
    kinds = {blow.kind for blow in blows(_scenario())}
    assert not kinds & {"restart database", "fill disk"}


def _chaos(tmp_path, *arguments):
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("PREFECT_", "ORDERFLOW_"))}
    command = [sys.executable, "-m", "deployments.cli.main", "chaos", *arguments, "--json"]
    environment = kept | {"PYTHONPATH": str(REPOSITORY), "TMPDIR": str(tmp_path)}
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.strip(), done.stderr
    return done, json.loads(done.stdout.splitlines()[-1])


@pytest.mark.requirement("OF-67", "OF-44")
def test_nothing_is_lost_and_nothing_happens_twice_while_workers_are_killed(tmp_path):
    done, found = _chaos(tmp_path, "--orders", "60", "--kills", "3", "--orders-per-second", "4", "--workers", "2")
    assert found["invariants"] == dict.fromkeys(PROMISES, 0), done.stdout
    assert (found["orders"], found["violations"], done.returncode) == (60, 0, 0), done.stderr
    assert found["kills"] == 3


def test_a_program_without_the_ledger_breaks_its_promises_under_the_same_faults(tmp_path):
    done, found = _chaos(tmp_path, "--naive", "--orders", "60", "--kills", "3", "--orders-per-second", "6")
    assert done.returncode == 0
    assert found["invariants"]["labels bought twice"] > 0
