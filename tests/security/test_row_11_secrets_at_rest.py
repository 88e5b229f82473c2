"""Row 11, secrets at rest: no file of an installation but its key holds one, and the key can be replaced."""

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from connectors.database import credentials
from connectors.vault import new_key
from deployments.cli.commands.auth import option_names, services
from deployments.home import Home


def canary_of(variable: str) -> str:
    return f"canary-{variable.lower()}-4f9a"


def store_every_credential(run) -> list[str]:
    """Gives every service every credential it takes; returns what was stored."""
    stored = []
    for service in services():
        given = [part for name in service.variables for part in (option_names(service, name)[0], canary_of(name))]
        assert run("auth", service.name, *given).code == 0
        stored += [canary_of(name) for name in service.variables]
    return stored


def files_of(home: Home) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in home.home.rglob("*") if path.is_file()}


@pytest.mark.requirement("OF-160")
def test_no_file_holds_a_credential_that_was_stored(run, home):
    secrets = store_every_credential(run)
    assert len(secrets) > 20
    found = [
        (path.name, secret) for path, held in files_of(home).items() for secret in secrets if secret.encode() in held
    ]
    assert found == []


def test_no_command_shows_a_credential_that_was_stored(run, home):
    secrets = store_every_credential(run)
    said = ""
    for command in (
        ("doctor",),
        ("doctor", "--json"),
        ("config:validate",),
        ("audit", "search"),
        ("connectors", "list"),
    ):
        ended = run(*command)
        said += ended.out + ended.err
    assert said
    assert [secret for secret in secrets if secret in said] == []


def test_the_key_is_in_a_file_of_its_owner_and_never_in_the_database(run, home):
    key = home.key_file.read_text().strip().encode()
    assert home.key_file.stat().st_mode & 0o077 == 0
    assert [path for path, held in files_of(home).items() if key in held] == [home.key_file]


@pytest.mark.requirement("OF-160")
def test_a_new_key_takes_over_and_the_old_one_opens_nothing_afterwards(run, home, monkeypatch):
    secrets = store_every_credential(run)
    old = home.key_file.read_text().strip()
    fresh = new_key()
    home.key_file.write_text(f"{fresh},{old}\n")
    assert run("keys", "rotate").code == 0
    home.key_file.write_text(f"{fresh}\n")
    with closing(home.database()) as database, database.read() as conn:
        assert set(credentials.stored_credentials(conn, home.vault()).values()) == set(secrets)
        sealed = conn.execute(text("SELECT sealed FROM credential")).scalars().all()
    monkeypatch.setenv("ORDERFLOW_SECRET_KEY", old)
    assert run("keys", "check", "--json").json["unreadable"] == len(sealed)
