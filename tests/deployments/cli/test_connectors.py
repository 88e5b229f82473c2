"""`orderflow connectors list` and `check`: what is configured, what is missing, and does it answer."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from connector_variables import connector_variables
from sandbox_server import RunningSandbox, running_sandbox

from connectors.catalogue import catalogue
from connectors.registry import FOLDERS, connectors_of
from deployments.cli.commands.connectors.reference import BEGIN, reference_page
from deployments.first_steps import STARTER

PAGE = Path(__file__).parents[3] / "docs" / "connectors.md"
CANARY = "canary-5e4d1c-secret"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def connected(here: Path, sandbox: RunningSandbox) -> Iterator[RunningSandbox]:
    """An environment in which Shopify, Shippo and Slack have their settings, and nobody else has any."""
    wanted = ("SHOPIFY_", "SHIPPO_", "SLACK_BOT_TOKEN", "SLACK_BASE_URL")
    for entry in catalogue():
        for variable in entry.variables:
            os.environ.pop(variable.name, None)
    told = connector_variables(sandbox.url, str(here))
    os.environ.update({name: text for name, text in told.items() if name.startswith(wanted)})
    yield sandbox
    sandbox.forget()


def listed(run, *arguments: str) -> dict[str, dict]:
    return {one["code"]: one for one in run("connectors", *arguments, "--json").json}


def test_every_connector_is_listed_once_with_its_kind_and_its_stand_in(run, connected):
    answer = run("connectors", "list", "--json").json
    assert [(one["kind"], one["code"]) for one in answer] == [
        (folder.removesuffix("s"), code) for folder in FOLDERS for code in connectors_of(folder)
    ]
    assert all(set(one) >= {"code", "kind", "configured", "has_simulator", "missing"} for one in answer)
    assert {one["code"] for one in answer if not one["has_simulator"]} >= {"order_file", "rate_card", "csv_file"}


@pytest.mark.requirement("OF-93", "OF-98", "OF-99")
def test_what_is_missing_is_named_by_its_environment_variable(run, connected):
    known = listed(run, "list")
    assert known["shippo"]["configured"] and known["shippo"]["missing"] == []
    assert known["shipstation"]["missing"] == ["SHIPSTATION_API_KEY"]
    assert known["twilio"]["missing"] == ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM_NUMBER"]
    del os.environ["SHOPIFY_API_PASSWORD"], os.environ["SHOPIFY_STORE_URL"]
    assert listed(run, "list")["shopify"]["missing"] == ["SHOPIFY_API_PASSWORD", "SHOPIFY_STORE_URL"]
    assert "SHOPIFY_STORE_URL" in run("connectors", "list").out


def test_a_stored_credential_counts_as_one_of_the_environment(run, home, connected):
    run("auth", "shipstation", "--api-key", CANARY)
    ended = run("connectors", "list", "--json")
    assert next(one for one in ended.json if one["code"] == "shipstation")["configured"]
    assert CANARY not in ended.out + ended.err


def test_what_the_configuration_switches_on_is_listed_as_enabled(run, home, connected):
    known = listed(run, "list")
    assert {code for code, one in known.items() if one["enabled"]} == {"order_file", "rate_card", "csv_file"}


STARTING = json.loads(STARTER.read_text())
AT_A_PARTNER = [place | {"partner": {"code": "warehouse"}} for place in STARTING["locations"]]
LABELS_BY = {code: {"fulfillment": {"label_providers": [code]}} for code in ("shipstation", "shippo")}
# What switches a service on.
SWITCHED_ON = [
    pytest.param("shopify", {"channels": ["shopify"]}, marks=pytest.mark.requirement("OF-93")),
    pytest.param("warehouse", {"locations": AT_A_PARTNER}, marks=pytest.mark.requirement("OF-94")),
    pytest.param("slack", {"notifications": {"slack_enabled": True}}, marks=pytest.mark.requirement("OF-95")),
    pytest.param("sendgrid", {"notifications": {"email_enabled": True}}, marks=pytest.mark.requirement("OF-96")),
    pytest.param("twilio", {"notifications": {"sms_enabled": True}}, marks=pytest.mark.requirement("OF-97")),
    pytest.param("shipstation", LABELS_BY["shipstation"], marks=pytest.mark.requirement("OF-98")),
    pytest.param("shippo", LABELS_BY["shippo"], marks=pytest.mark.requirement("OF-99")),
]
# The names the product promises; a service may need more.
PROMISED = {
    "shopify": {"SHOPIFY_API_KEY", "SHOPIFY_API_PASSWORD", "SHOPIFY_STORE_URL"},
    "warehouse": {"WAREHOUSE_API_TOKEN", "WAREHOUSE_API_URL"},
    "slack": {"SLACK_WEBHOOK_URL"},
    "sendgrid": {"SENDGRID_API_KEY"},
    "twilio": {"TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"},
    "shipstation": {"SHIPSTATION_API_KEY"},
    "shippo": {"SHIPPO_API_TOKEN"},
}


@pytest.mark.parametrize(("code", "changes"), SWITCHED_ON)
def test_only_what_is_switched_on_must_have_its_variables(run, home, code, changes):
    for entry in catalogue():
        for variable in entry.variables:
            if not variable.name.startswith("ORDERFLOW_"):
                os.environ.pop(variable.name, None)
    assert run("connectors", "check").code == 0, "nothing is switched on that needs any"
    quiet = {"notifications": {way: False for way in ("slack_enabled", "email_enabled", "sms_enabled")}}
    told = {**quiet, **changes, "notifications": quiet["notifications"] | changes.get("notifications", {})}
    Path("orderflow-config.json").write_text(json.dumps(STARTING | told))
    assert run("config:deploy", "--yes").code == 0
    ended = run("connectors", "check", "--json")
    failed = {one["code"]: set(one["missing"]) for one in ended.json if one["enabled"] and not one["ok"]}
    assert (ended.code, set(failed)) == (1, {code})
    assert failed[code] >= PROMISED[code]


def test_a_named_shop_of_the_configuration_is_listed_by_its_name(run, home, here, connected):
    document = json.loads(STARTER.read_text()) | {"channels": ["order_file", "custom_api:outlet"]}
    (here / "orderflow-config.json").write_text(json.dumps(document))
    assert run("config:deploy", "--yes").code == 0
    assert listed(run, "list")["custom_rest:outlet"]["missing"] == ["CUSTOM_REST_OUTLET_FILE"]
    ended = run("connectors", "check", "--json")
    assert ended.code == 1, "an enabled connector lacks a setting"


def test_every_configured_service_is_asked_and_nobody_else(run, connected):
    ended = run("connectors", "check", "--json")
    known = {one["code"]: one for one in ended.json}
    assert ended.code == 0
    assert known["shopify"]["ok"] and known["shippo"]["ok"] and known["slack"]["said"] == "orderflow in Sandbox"
    assert known["dhl"]["ok"] is None and "DHL_API_KEY" in known["dhl"]["said"]


def test_one_connector_is_asked_by_its_code_or_another_word_for_it(run, connected):
    assert [one["code"] for one in run("connectors", "check", "slack", "--json").json] == ["slack"]
    ended = run("connectors", "check", "custom_api", "--json")
    assert (ended.code, [one["missing"] for one in ended.json]) == (1, [["CUSTOM_REST_FILE"]])


def test_a_service_that_fails_is_said_and_ends_with_one(run, connected):
    connected.fail("slack", "check", "error_500", count=None)
    ended = run("connectors", "check", "--json")
    known = {one["code"]: one for one in ended.json}
    assert ended.code == 1
    assert (known["slack"]["ok"], known["shippo"]["ok"]) == (False, True)
    assert known["slack"]["remedy"]


@pytest.mark.requirement("OF-160")
def test_a_refused_credential_is_said_without_being_shown(run, connected):
    os.environ["SLACK_BOT_TOKEN"] = CANARY
    ended = run("connectors", "check", "slack")
    assert ended.code == 1
    assert "orderflow auth slack" in ended.out
    assert CANARY not in ended.out + ended.err


@pytest.mark.requirement("OF-160")
def test_a_secret_a_service_quotes_is_hidden(run, connected):
    os.environ["SHOPIFY_STORE_URL"] = f"{connected.url}/nowhere/{CANARY}"
    os.environ["SHOPIFY_API_PASSWORD"] = CANARY
    ended = run("connectors", "check", "shopify")
    assert ended.code == 1
    assert CANARY not in ended.out + ended.err


def test_an_unknown_code_is_answered_with_the_one_that_was_meant(run, connected):
    ended = run("connectors", "check", "shopfy")
    assert ended.code == 2
    assert "did you mean shopify?" in ended.err


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"channels": ["shopfy"]}, ("channels[0]", "did you mean shopify?")),
        ({"sinks": ["csv_files"]}, ("sinks[0]", "did you mean csv_file")),
        ({"fulfillment": {"label_providers": ["ship_station"]}}, ("fulfillment.label_providers[0]", "shipstation")),
        ({"channels": ["qqq"]}, ("channels[0]", "there are bigcommerce, custom_rest")),
    ],
)
def test_a_connector_nobody_wrote_is_refused_with_the_name_that_was_meant(run, home, here, changes, problem):
    document = json.loads(STARTER.read_text()) | changes
    (here / "orderflow-config.json").write_text(json.dumps(document))
    ended = run("config:validate", "--json")
    (found,) = ended.json["problems"]
    path, meant = problem
    assert (ended.code, found["path"]) == (1, path)
    assert meant in found["remedy"]


def test_the_page_of_connectors_is_what_the_command_prints_today(run):
    written, generated = PAGE.read_text(encoding="utf-8").split(BEGIN)
    assert (BEGIN + generated).strip() == reference_page().strip(), "run `orderflow connectors list --markdown`"
    assert run("connectors", "list", "--markdown").out.strip() == reference_page().strip()
    assert "connectors new carrier" in written


def test_the_page_names_every_connector_and_every_variable():
    page = PAGE.read_text(encoding="utf-8")
    assert not [entry.code for entry in catalogue() if f"### `{entry.code}`" not in page]
    assert not [v.name for entry in catalogue() for v in entry.variables if f"| `{v.name}` |" not in page]
