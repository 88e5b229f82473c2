"""From nothing to an active configuration."""

import json
import sqlite3

import pytest
from shared_material import shared_path

SAMPLE = """{
  "routing_rules": [
    {"id": "rule_vip_priority", "name": "Route VIP orders to the priority warehouse",
     "conditions": {"customer_tier": "VIP", "order_value": {"gte": 500}},
     "actions": {"warehouse": "warehouse_priority", "shipping_speed": "expedited",
                 "notification": "slack_channel:vip_orders"}},
    {"id": "rule_inventory_fallback", "name": "Fallback routing when stock is short",
     "conditions": {"primary_warehouse_stock": {"lt": 1}, "product_category": "electronics"},
     "actions": {"warehouse": "warehouse_fallback", "notify_inventory_team": true, "log_exception": true}}
  ],
  "inventory_sync": {"enabled": true, "interval_minutes": 15, "sources": ["shopify", "woocommerce", "custom_api"],
                     "low_stock_threshold": 20, "critical_stock_threshold": 5},
  "fulfillment": {"default_carrier": "usps", "carrier_selection": "cost_optimized", "auto_generate_labels": true,
                  "batch_processing": true, "batch_size": 50},
  "notifications": {"slack_enabled": true, "email_enabled": true, "sms_enabled": true,
                    "sms_recipients": ["+1-555-0100"]}
}"""


def _versions(home):
    with sqlite3.connect(home.home / "orderflow.db") as conn:
        return [hash for (hash,) in conn.execute("SELECT hash FROM policy_version WHERE kind = 'configuration'")]


@pytest.mark.requirement("OF-109")
def test_init_makes_key_database_and_configuration_and_says_what_next(run, here):
    ended = run("init")
    assert ended.code == 0
    assert (here / ".orderflow" / "orderflow.db").stat().st_size > 0
    assert (here / ".orderflow" / "secret.key").stat().st_mode & 0o777 == 0o600
    assert run("config:validate", "orderflow-config.json").code == 0
    assert "config:deploy" in ended.out


def test_init_again_keeps_everything(run, here):
    run("init")
    key = (here / ".orderflow" / "secret.key").read_text()
    (here / "orderflow-config.json").write_text("{}")
    again = run("init", "--json").json
    assert (again["key_created"], again["configuration_created"]) == (False, False)
    assert (here / ".orderflow" / "secret.key").read_text() == key
    assert (here / "orderflow-config.json").read_text() == "{}"


@pytest.mark.requirement("OF-160")
def test_init_never_shows_the_key(run, here):
    shown = run("init").out + run("init", "--json").out
    assert (here / ".orderflow" / "secret.key").read_text().strip() not in shown


@pytest.mark.requirement("OF-100")
def test_the_sample_configuration_is_valid_as_it_stands(run, here):
    (here / "orderflow-config.json").write_text(SAMPLE)
    assert run("config:validate", "orderflow-config.json").code == 0
    assert run("config", "validate").code == 0


def test_each_mistake_is_told_with_its_path_and_what_was_expected(run, here):
    (here / "wrong.json").write_text('{"fulfillment": {"batch_sise": 50}, "inventory_sync": {"interval_minutes": 4}}')
    ended = run("config:validate", "wrong.json")
    assert ended.code == 1
    assert "fulfillment.batch_sise" in ended.out
    assert "batch_size" in ended.out
    assert "expected at least 5" in ended.out
    problems = run("config:validate", "wrong.json", "--json").json["problems"]
    assert {problem["path"] for problem in problems} == {"fulfillment.batch_sise", "inventory_sync.interval_minutes"}


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [('{"a": 1,', 1, "line 1, column 9"), ("[]", 1, "expected an object"), (None, 2, "there is no file")],
    ids=["broken JSON", "not an object", "no file"],
)
def test_what_is_no_configuration_at_all_is_said_so(run, here, text, code, words):
    if text is not None:
        (here / "some.json").write_text(text)
    ended = run("config:validate", "some.json")
    assert ended.code == code
    assert words in ended.out + ended.err


@pytest.mark.requirement("OF-113")
@pytest.mark.parametrize("command", [("config:deploy",), ("config", "deploy")], ids=" ".join)
def test_a_deployed_configuration_is_a_new_version_and_active(run, home, here, command):
    document = json.loads((here / "orderflow-config.json").read_text())
    document["fulfillment"]["batch_size"] = 40
    (here / "orderflow-config.json").write_text(json.dumps(document))
    first = _versions(home)
    answer = run(*command, "orderflow-config.json", "--yes", "--json").json
    assert answer["is_new"]
    assert sorted(_versions(home)) == sorted([*first, answer["version"]])
    with sqlite3.connect(home.home / "orderflow.db") as conn:
        active = conn.execute("SELECT hash FROM policy_pointer WHERE kind = 'configuration'").fetchall()
    assert active[-1] == (answer["version"],)


def test_deploying_the_same_again_makes_no_new_version(run, home):
    before = _versions(home)
    assert not run("config:deploy", "--json").json["is_new"]
    assert _versions(home) == before


def test_a_wrong_configuration_is_never_deployed(run, home, here):
    before = _versions(home)
    (here / "wrong.json").write_text('{"nonsense": true}')
    assert run("config:deploy", "wrong.json").code == 1
    assert _versions(home) == before


def test_before_init_every_command_names_it(run):
    for command in (("orders", "list"), ("config:deploy", __file__.replace(".py", ".json")), ("holds", "list")):
        ended = run(*command)
        assert ended.code in {1, 2}
    assert "orderflow init" in run("orders", "list").err


def test_the_home_folder_may_lie_anywhere(run, here):
    assert run("--home", str(here / "elsewhere"), "init").code == 0
    assert (here / "elsewhere" / "orderflow.db").exists()


def test_a_setting_that_cannot_be_is_named(run, monkeypatch):
    monkeypatch.setenv("ORDERFLOW_PREFECT_PORT", "many")
    ended = run("init")
    assert ended.code == 2
    assert "ORDERFLOW_PREFECT_PORT" in ended.err


@pytest.mark.requirement("OF-100")
def test_the_published_sample_is_the_one_tested_here():
    text = shared_path("REQUIREMENTS.md").read_text(encoding="utf-8")
    published = text.split("```json\n")[1].split("```")[0]
    assert json.loads(published) == json.loads(SAMPLE)
