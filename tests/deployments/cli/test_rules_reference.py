"""The reference of conditions in the documentation is the one the code has."""

from pathlib import Path

import pytest

from deployments.cli.commands.rules.reference import BEGIN, reference_page
from orderflow.rules.actions import Actions
from orderflow.rules.condition import all_conditions
from orderflow.rules.lint import LintCode

PAGE = Path(__file__).parents[3] / "docs" / "rules.md"


@pytest.mark.requirement("OF-31")
def test_the_page_is_what_the_command_prints_today(run):
    written, generated = PAGE.read_text(encoding="utf-8").split(BEGIN)
    assert (BEGIN + generated).strip() == reference_page().strip()
    assert run("rules", "fields", "--markdown").out.strip() == reference_page().strip()
    assert "## What the lint finds" in written


def test_the_page_names_every_condition_effect_and_finding():
    page = PAGE.read_text(encoding="utf-8")
    named = [one.signature for one in all_conditions().values()] + list(Actions.model_fields)
    assert not [name for name in named if f"| `{name}` |" not in page]
    assert not [code for code in LintCode if code not in page]


def test_every_effect_says_what_follows_from_it():
    assert all(field.description for field in Actions.model_fields.values())
