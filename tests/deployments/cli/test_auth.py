"""Credentials are stored encrypted under their variables and never shown."""

import os

import pytest
from typer.testing import CliRunner

from connectors.database.credentials import stored_credentials
from deployments.cli.commands.auth import option_names, services
from deployments.cli.main import build_app

CANARY = "canary-7f3a9b-secret"
HOOK = f"https://hooks.example/{CANARY}"
WANTED = {
    "shopify": ("SHOPIFY_API_KEY", "SHOPIFY_API_PASSWORD", "SHOPIFY_STORE_URL"),
    "woocommerce": (),
    "warehouse": ("WAREHOUSE_API_TOKEN", "WAREHOUSE_API_URL"),
    "slack": ("SLACK_WEBHOOK_URL",),
    "sendgrid": ("SENDGRID_API_KEY",),
    "twilio": ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"),
    "shipstation": ("SHIPSTATION_API_KEY",),
    "shippo": ("SHIPPO_API_TOKEN",),
}


def _stored(home):
    database = home.database()
    with database.read() as conn:
        found = stored_credentials(conn, home.vault())
    database.close()
    return found


def _all_bytes(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.mark.requirement("OF-110", "OF-111", "OF-112", "OF-160")
@pytest.mark.parametrize(
    ("arguments", "stored"),
    [
        (
            ("shopify", "--api-key", f"{CANARY}1", "--api-password", f"{CANARY}2"),
            {"SHOPIFY_API_KEY": f"{CANARY}1", "SHOPIFY_API_PASSWORD": f"{CANARY}2"},
        ),
        (("warehouse", "--token", CANARY), {"WAREHOUSE_API_TOKEN": CANARY}),
        (
            ("slack", "--webhook", f"https://hooks.example/{CANARY}"),
            {"SLACK_WEBHOOK_URL": f"https://hooks.example/{CANARY}"},
        ),
        (
            ("twilio", "--account-sid", "AC1", "--auth-token", CANARY),
            {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": CANARY},
        ),
        (("shippo", "--token", CANARY), {"SHIPPO_API_TOKEN": CANARY}),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_credential_is_stored_encrypted_and_not_shown(run, home, here, arguments, stored):
    ended = run("auth", *arguments)
    assert ended.code == 0
    assert CANARY not in ended.out + ended.err
    assert CANARY.encode() not in _all_bytes(here)
    assert _stored(home) == stored


@pytest.mark.parametrize("service", WANTED)
def test_every_service_of_the_product_has_its_command_and_variables(service):
    (found,) = [item for item in services() if item.name == service]
    assert set(WANTED[service]) <= set(found.variables)
    names = [name for variable in found.variables for name in option_names(found, variable)]
    assert len(set(names)) == len(names)


@pytest.mark.requirement("OF-160")
def test_without_options_the_secrets_are_asked_for_unseen(home):
    typed = "\n".join(["key", CANARY, "shop.example"]) + "\n"
    ended = CliRunner().invoke(build_app(), ["auth", "shopify"], input=typed)
    assert ended.exit_code == 0
    assert CANARY not in ended.output
    stored = {"SHOPIFY_API_KEY": "key", "SHOPIFY_API_PASSWORD": CANARY, "SHOPIFY_STORE_URL": "shop.example"}
    assert _stored(home) == stored


def test_giving_nothing_stores_nothing_and_says_so(home):
    ended = CliRunner().invoke(build_app(), ["auth", "slack"], input="\n" * 9)
    assert ended.exit_code != 0
    assert _stored(home) == {}


def test_what_is_still_missing_is_named_with_its_option(run, home):
    answer = run("auth", "shopify", "--api-key", "k", "--json").json
    assert answer == {
        "service": "shopify",
        "stored": ["SHOPIFY_API_KEY"],
        "missing": ["SHOPIFY_API_PASSWORD", "SHOPIFY_STORE_URL"],
    }
    assert "--store-url" in run("auth", "shopify", "--api-key", "k").out


def test_a_new_credential_replaces_the_old_one(run, home):
    run("auth", "shippo", "--token", "old")
    run("auth", "shippo", "--token", "new")
    assert _stored(home) == {"SHIPPO_API_TOKEN": "new"}


@pytest.mark.requirement("OF-160")
def test_another_key_opens_nothing(run, home):
    run("auth", "shippo", "--token", CANARY)
    home.key_file.unlink()
    os.environ.pop("ORDERFLOW_SECRET_KEY", None)
    run("init")
    ended = run("doctor")
    assert ended.code == 1
    assert CANARY not in ended.out + ended.err
