"""Row 4, code in the configuration: it is read as data only, whatever somebody writes into it, and in bounded time."""

import ast
import json
from pathlib import Path

import pytest
from conventions.repository import RINGS, ROOT, python_files
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from routing_values import facts, line, order, stock

from deployments.demo.story import demo_configuration
from orderflow.configuration import ConfigurationError, load_configuration
from orderflow.order import Customer

CODE = [
    "__import__('os').system('touch {mark}')",
    "{{ ().__class__.__base__.__subclasses__() }}",
    "{0.__class__.__init__.__globals__}",
    "!!python/object/apply:os.system ['touch {mark}']",
    "$(touch {mark})",
    "`touch {mark}`",
    "'; DROP TABLE orders; --",
    "../../../../etc/passwd",
    "lambda: 1",
    "customer.__class__.__mro__",
]
# What makes backtracking matchers of patterns run for years.
SLOW = ["(a+)+$", "(a|aa)+$", "(.*a){25}", "^(([a-z])+.)+[A-Z]([a-z])+$", "a" * 50 + "!", "(?:a?){50}a{50}"]
TEXT_OPERATORS = ("eq", "contains", "starts_with", "ends_with", "in")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(CODE),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
SECTIONS = sorted(demo_configuration("configuration"))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SECTIONS), json_values)
def test_whatever_stands_in_a_section_is_read_or_refused_and_nothing_else(section, value):
    document = demo_configuration("configuration") | {section: value}
    try:
        load_configuration(document)
    except ConfigurationError as error:
        assert error.problems


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["id", "conditions", "actions", "priority", "name"]), json_values))
def test_whatever_stands_in_a_rule_is_read_or_refused_and_nothing_else(rule):
    document = demo_configuration("configuration") | {"routing_rules": [{"id": "mine"} | rule]}
    try:
        load_configuration(document)
    except ConfigurationError as error:
        assert error.problems


@pytest.mark.parametrize("code", CODE)
def test_code_in_any_text_of_the_configuration_is_never_run(code, tmp_path):
    mark = tmp_path / "ran"
    document = demo_configuration("configuration")
    for poisoned in every_text_replaced(document, code.replace("{mark}", str(mark))):
        try:
            configuration, _ = load_configuration(poisoned)
            configuration.rule_set()
        except ConfigurationError:
            continue
    assert not mark.exists()


def every_text_replaced(document, text):
    """The document once for each text in it, that one replaced."""
    written = json.dumps(document)
    texts = {value for value in texts_in(document)}
    for value in sorted(texts):
        yield json.loads(written.replace(json.dumps(value), json.dumps(text)))


def texts_in(node):
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for name, value in node.items():
            yield name
            yield from texts_in(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts_in(value)


@pytest.mark.parametrize("operator", TEXT_OPERATORS)
@pytest.mark.parametrize("pattern", SLOW)
def test_a_text_that_is_a_slow_pattern_is_compared_as_a_text(pattern, operator):
    """A matcher that takes it for a pattern would not come back from the second order."""
    asked = [pattern] if operator == "in" else pattern
    rules = [{"id": "slow", "conditions": {"customer_tier": {operator: asked}}, "actions": {"gift_wrap": True}}]
    configuration, _ = load_configuration(demo_configuration("configuration") | {"routing_rules": rules})
    assert is_met(configuration.rule_set(), pattern)
    assert not is_met(configuration.rule_set(), "a" * 5000 + "?")


def is_met(rule_set, tier):
    """Whether an order of a customer of this tier meets the only rule."""
    ordered = order(line(1, "A"), customer=Customer(tier=tier))
    return bool(rule_set.evaluate(facts(ordered, stock({}))).matches)


FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "dill"}


def test_no_module_of_ours_can_run_text_as_code():
    found = [f"{path}:{node.lineno}" for path in python_files(*RINGS) for node in dangerous(path)]
    assert found == []


def dangerous(path: Path):
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        is_call = isinstance(node, ast.Call)
        if is_call and isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
            yield node
        if is_call and isinstance(node.func, ast.Attribute) and ast.unparse(node.func) in {"yaml.load", "os.system"}:
            yield node
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {alias.name for alias in node.names} | {getattr(node, "module", "") or ""}
            if names & FORBIDDEN_MODULES:
                yield node
