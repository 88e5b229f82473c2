"""What rules may ask, what becomes of whom, and what is wrong: the commands about rules."""

import json

import pytest

from orderflow.rules.condition import all_conditions

FILE = "orderflow-config.json"
HOLE = [
    {"id": "over", "conditions": {"order_value": {"gt": 100}}, "actions": {"carrier": "ups"}},
    {"id": "under", "conditions": {"order_value": {"lt": 100}}, "actions": {"carrier": "usps"}},
]
EXCEPTIONS = {reason: f"slack_channel:{reason}" for reason in ("payment", "address", "inventory", "fraud")}
LANE = {
    "code": "small_orders",
    "conditions": {"order_value": {"lt": 50}},
    "exceptions": EXCEPTIONS,
    "rollback": "orderflow config rollback",
}


@pytest.fixture
def written(here):
    """Writes a configuration of these rules and settings to a file of its own; gives its name."""

    def write(*rules: dict, **settings) -> str:
        (here / "rules.json").write_text(json.dumps({"routing_rules": rules} | settings))
        return "rules.json"

    return write


@pytest.mark.requirement("OF-31", "OF-32")
def test_every_condition_is_listed_with_all_a_form_needs(run):
    listed = run("rules", "fields", "--json").json
    assert len(listed) == len(all_conditions()) >= 55
    by_code = {one["code"]: one for one in listed}
    assert by_code["stock"]["signature"] == "stock(location, sku?, variant?)"
    assert (by_code["total_weight_grams"]["unit"], by_code["total_weight_grams"]["group"]) == ("grams", "items")
    assert (by_code["payment_status"]["form"], by_code["order_value"]["form"]) == ("choice", "money")
    assert all(one["sentence"] and one["type"] and one["operators"] for one in listed)
    assert {"gte", "contains", "exists"} <= set(by_code["attribute"]["operators"])


def test_the_conditions_of_one_group_are_listed_alone(run):
    listed = run("rules", "fields", "--group", "risk", "--json").json
    assert {one["code"] for one in listed} >= {"risk", "is_cancelled"}
    assert {one["group"] for one in listed} == {"risk"}


def test_the_lint_of_a_file_ends_with_one_where_it_finds_something(run, written):
    ended = run("rules", "lint", written(*HOLE), "--json")
    (finding,) = ended.json["findings"]
    assert ended.code == 1
    assert (finding["code"], finding["rule_ids"]) == ("numeric_hole", ["over", "under"])
    assert "exactly $100.00" in finding["message"]
    assert "order_value $100.00" in finding["example"]


def test_the_lint_of_clean_rules_ends_with_nothing_and_tells_where_other_orders_go(run, written):
    ended = run("rules", "lint", written(HOLE[0]), "--json")
    assert (ended.code, ended.json["findings"]) == (0, [])
    assert "order_value $99.99" in ended.json["notes"][0]
    assert run("rules", "lint", "rules.json", "--every-order").code == 1


def test_the_lint_looks_at_the_active_rules_by_itself(run, home):
    assert run("rules", "lint").code == 0


@pytest.mark.parametrize("arguments", [("nowhere.json",), ("rules.json", "--days", "30")], ids=str)
def test_a_lint_that_cannot_be_made_is_asked_wrongly(run, written, arguments):
    written(HOLE[0])
    assert run("rules", "lint", *arguments).code == 2


def test_the_lint_says_how_many_decisions_it_judged_by(run, home):
    ended = run("rules", "lint", "--days", "30", "--json")
    assert ended.code == 0
    assert ended.json["notes"][-1] == "0 decisions of 30 days; 0 rules in force all of them"


@pytest.mark.requirement("LANE-05", "LANE-27")
@pytest.mark.parametrize(
    ("lane", "words"),
    [
        (LANE | {"exceptions": {}}, "held for payment, address, inventory, fraud"),
        (LANE | {"exceptions": EXCEPTIONS | {"fraud": "slack_channel:x"}, "rollback": ""}, "back to manual routing"),
        ({"code": "all"}, "lane all, which is every order, does not say who gets"),
    ],
    ids=["no exceptions", "no way back", "every order"],
)
def test_a_lane_without_exceptions_or_a_way_back_is_never_put_in_force(run, home, here, lane, words):
    document = json.loads((here / FILE).read_text()) | {"lanes": [lane]}
    (here / FILE).write_text(json.dumps(document))
    ended = run("config:deploy", "--yes", "--json")
    assert ended.code == 1
    assert any(words in problem["message"] for problem in ended.json["problems"])
    assert run("rules", "lint", FILE).code == 1
    (here / FILE).write_text(json.dumps(document | {"lanes": [LANE]}))
    assert run("config:deploy", "--yes").code == 0


@pytest.mark.requirement("LANE-13")
def test_a_lane_with_a_condition_nobody_knows_is_told_with_its_place(run, written):
    ended = run("config:validate", written(lanes=[LANE | {"conditions": {"order_valu": 5}}]), "--json")
    assert [problem["path"] for problem in ended.json["problems"]] == ["lanes[0].conditions.order_valu"]


@pytest.mark.requirement("LANE-28")
def test_the_matrix_tells_for_every_segment_what_becomes_of_it(run, written):
    rules = [
        {
            "id": "vip",
            "conditions": {"customer_tier": "VIP"},
            "actions": {"warehouse": "east", "shipping_speed": "expedited", "gift_wrap": True},
            "else": {"carrier": "usps"},
        },
        {"id": "big", "conditions": {"order_value": {"gte": 900}}, "actions": {"approval": "required"}},
    ]
    rows = run("rules", "matrix", written(*rules, lanes=[LANE]), "--json").json
    vip, other, big, rest = rows[:4]
    assert (vip["segment"], vip["location"], vip["speed"], vip["also"]) == (
        "customer_tier is VIP",
        "east",
        "expedited",
        "gift_wrap",
    )
    assert (other["segment"], other["carrier"], other["asks_on"]) == ("not (customer_tier is VIP)", "usps", True)
    assert (big["case"], big["lanes"], vip["lanes"]) == ("needs approval", [], ["small_orders"])
    assert (rest["segment"], rest["location"]) == ("every other order", "by weighted_score")
    held = {row["segment"]: row["also"] for row in rows if row["case"] == "held for payment"}
    assert held["orders with a problem of payment"].startswith("slack_channel:finance")
    assert held["those of lane small_orders"] == "slack_channel:payment"
    assert "every other order" in run("rules", "matrix", "rules.json").out
