"""How commands are written and what their exit codes mean."""

import pytest
import structlog

from connectors.logs import configure_logs
from deployments.cli.main import split_colons


@pytest.mark.requirement("OF-113", "OF-114")
@pytest.mark.parametrize(
    ("given", "understood"),
    [
        (["config:deploy", "a.json"], ["config", "deploy", "a.json"]),
        (["workflows:activate"], ["workflows", "activate"]),
        (["--home", "x", "config:validate"], ["--home", "x", "config", "validate"]),
        (["config:validate", "orders:list"], ["config", "validate", "orders:list"]),
        (["auth", "slack", "--webhook", "https://x"], ["auth", "slack", "--webhook", "https://x"]),
        ([], []),
    ],
    ids=str,
)
def test_a_command_may_be_written_with_a_colon(given, understood):
    assert split_colons(given) == understood


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("--help",), 0), (("nonsense",), 2), (("orders", "list", "--limit", "0"), 2), (("test",), 2)],
    ids=str,
)
def test_wrong_usage_ends_with_two_and_help_with_nothing(run, arguments, code):
    assert run(*arguments).code == code


def test_help_names_every_command(run):
    shown = run("--help").out
    for command in ("init", "auth", "config", "workflows", "test", "up", "demo", "orders", "holds", "doctor"):
        assert command in shown


def test_json_answers_are_the_only_thing_on_standard_output(run, home):
    for command in (("orders", "list"), ("holds", "list"), ("dead-letters", "list"), ("doctor",), ("config:validate",)):
        assert run(*command, "--json").json is not None


def test_what_any_command_logs_goes_to_standard_error_without_secrets(run, capsys):
    structlog.reset_defaults()
    configure_logs.cache_clear()
    assert run("--help").code == 0
    structlog.get_logger("anybody").warning("heard", token="Bearer abcdefgh")
    out, err = capsys.readouterr()
    assert (out, "heard" in err, "abcdefgh" in err) == ("", True, False)
