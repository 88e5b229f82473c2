"""Versions of the configuration: nothing comes into force that its own examples speak against, unseen, or for ever."""

import json
import os
import pty
from collections.abc import Callable

import pytest

FILE = "orderflow-config.json"
GIFTS = {"id": "gifts", "conditions": {"is_gift": True}, "actions": {"carrier": "ups"}}
WRONG_EXAMPLE = GIFTS | {"examples": [{"name": "no gift at all", "actions": {"carrier": "ups"}}]}

LETTERS_ONLY = {
    "currency": "USD",
    "zones": [{"to_km": 1e9, "name": "anywhere"}],
    "services": [
        {
            "carrier": "usps",
            "service": "letter",
            "speed": "standard",
            "base": ["1"],
            "per_step": ["1"],
            "days": [2],
            "max_grams": 100,
        }
    ],
}


@pytest.fixture
def write(here) -> Callable[..., None]:
    """Changes the configuration file: settings by section, and rules that are added to the starter's."""

    def write(*rules: dict, **settings) -> None:
        document = json.loads((here / FILE).read_text())
        document["routing_rules"] = [*document["routing_rules"][:1], *rules]
        (here / FILE).write_text(json.dumps(document | settings))

    return write


def active(run) -> str:
    return next(row["version"] for row in run("config", "versions", "--json").json if row["state"] == "active")


def test_a_failing_example_keeps_the_version_out_and_says_what_happened_instead(run, home, write):
    before = active(run)
    write(WRONG_EXAMPLE)
    for command in ("deploy", "draft", "validate"):
        ended = run("config", command, *(["--yes"] if command == "deploy" else []))
        assert ended.code == 1
        words = " ".join(ended.out.split())
        assert 'gifts, example "no gift at all": expected gifts to win, but no rule was met' in words
        assert "is_gift is true: it is false" in words
    assert active(run) == before


def test_changes_are_shown_and_need_somebody_who_means_them(run, home, write):
    before = active(run)
    write(GIFTS)
    ended = run("config:deploy")
    assert (ended.code, active(run)) == (2, before)
    assert "rule gifts added: if is_gift is true then carrier ups" in ended.out
    assert "--yes" in ended.err
    assert run("config:deploy", "--json").code == 2
    agreed = run("config:deploy", "--yes", "--json").json
    assert agreed["changes"] == ["rule gifts added: if is_gift is true then carrier ups"]
    assert active(run) == agreed["version"] != before


@pytest.fixture
def at_a_terminal(run, monkeypatch) -> Callable[..., int]:
    """Runs a command as somebody at a terminal who types this answer; gives the exit code."""

    def type_in(answer: str, *command: str) -> int:
        person, program = pty.openpty()
        os.write(person, f"{answer}\n".encode())
        with os.fdopen(program) as terminal:
            monkeypatch.setattr("sys.stdin", terminal)
            return run(*command).code

    return type_in


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 1)])
def test_a_person_at_a_terminal_is_asked(run, write, at_a_terminal, answer, code):
    run("init")
    run("config:deploy")
    write(GIFTS)
    before = active(run)
    assert at_a_terminal(answer, "config:deploy") == code
    assert (active(run) != before) is (code == 0)


def test_nobody_is_asked_where_nothing_changes(run, home, write):
    write(fulfillment={"default_carrier": "usps", "label_providers": ["rate_card"]})
    assert run("config:deploy").code == 0


def test_a_draft_is_stored_and_not_in_force_until_it_is_activated(run, home, write):
    before = active(run)
    write(GIFTS)
    draft = run("config", "draft", "--json").json
    assert active(run) == before
    states = {row["version"]: row["state"] for row in run("config", "versions", "--json").json}
    assert states == {before: "active", draft["version"]: "draft"}
    assert run("config", "activate", draft["version"][:8]).code == 2
    assert run("config", "activate", draft["version"][:8], "--yes").code == 0
    assert active(run) == draft["version"]


@pytest.mark.parametrize("group", ["config", "rules"])
def test_one_command_returns_to_the_version_before(run, home, write, group):
    before = active(run)
    write(GIFTS, products=[{"sku": "A"}])
    run("config:deploy", "--yes")
    back = run(group, "rollback", "--json").json
    assert (back["version"], active(run)) == (before, before)
    assert "rule gifts removed: if is_gift is true then carrier ups" in back["changes"]


def test_a_version_is_found_by_the_hash_of_its_rules_as_decisions_name_them(run, home, write):
    before = run("config", "versions", "--json").json[0]
    write(GIFTS)
    run("config:deploy", "--yes")
    assert run("config", "rollback", before["rules"], "--json").json["version"] == before["version"]


def test_only_what_was_active_can_be_returned_to(run, home, write):
    assert run("config", "rollback").code == 1
    write(GIFTS)
    draft = run("config", "draft", "--json").json["version"]
    ended = run("config", "rollback", draft)
    assert ended.code == 1
    assert "never active" in ended.err


@pytest.mark.parametrize("name", ["abc", "0000000000"])
def test_a_version_nobody_knows_is_asked_wrongly(run, home, name):
    assert run("config", "rollback", name).code == 2


@pytest.mark.parametrize("group", ["config", "rules"])
def test_two_versions_are_compared_in_words(run, home, write, group):
    before = active(run)
    write(GIFTS, fulfillment={"batch_size": 40})
    after = run("config:deploy", "--yes", "--json").json["version"]
    said = run(group, "diff", before[:8], after[:8]).out
    assert "rule gifts added: if is_gift is true then carrier ups" in said
    assert "fulfillment.batch_size: 40, before 50" in said
    document = run(group, "diff", after, before, "--json").json
    assert [change["kind"] for change in document["rules"]] == ["removed"]


@pytest.mark.requirement("LANE-30")
def test_a_verified_deployment_decides_smoke_orders_by_the_new_version(run, home, write):
    write(GIFTS | {"examples": [{"name": "a gift", "order": {"gift": True}}]})
    answer = run("config:deploy", "--yes", "--verify", "--json").json
    assert answer["verified_orders"] >= 13


@pytest.mark.requirement("LANE-30")
def test_a_version_that_fails_its_smoke_test_is_taken_back(run, home, write):
    before = active(run)
    write(rate_card=LETTERS_ONLY)
    ended = run("config:deploy", "--yes", "--verify")
    assert ended.code == 1
    assert "failed its smoke test" in ended.err
    assert active(run) == before
