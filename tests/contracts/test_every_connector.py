"""What is promised of every connector, whatever its kind, checked on each one the registry knows.

A connector without its settings in `connector_variables` fails here: there is then no stand-in it was tried with.
"""

import asyncio
import copy
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from connector_variables import connector_variables
from sandbox_server import RunningSandbox, running_sandbox

from connectors.catalogue import Entry, catalogue, entry_of
from connectors.errors import NotConfigured, OutcomeUnknown, Refused, TryAgain
from connectors.protocols.connector import Connector
from connectors.registry import FOLDERS, build, connector_class
from deployments.sandbox.app import simulator_names

ENTRIES = catalogue()
EACH = [pytest.param(entry, id=f"{entry.kind}-{entry.code}") for entry in ENTRIES]
# Of these nothing harmless can be asked: by mail, of a printer on paper, or where the address is no setting.
ASKED_NOTHING = {"drop_ship", "rate_card", "raw", "ipp", "webhook"}
SPEAKS_NO_HTTP = {"smtp"}
BY_HTTP = set(simulator_names()) - ASKED_NOTHING - SPEAKS_NO_HTTP
ASKED = [param for param in EACH if param.values[0].code in BY_HTTP]
WRONG = "unheard"
PROVES = {
    "shopify": pytest.mark.requirement("OF-93"),
    "warehouse": pytest.mark.requirement("OF-94"),
    "slack": pytest.mark.requirement("OF-95"),
    "sendgrid": pytest.mark.requirement("OF-96"),
    "twilio": pytest.mark.requirement("OF-97"),
    "shipstation": pytest.mark.requirement("OF-98"),
    "shippo": pytest.mark.requirement("OF-99"),
}
NEEDED = [
    pytest.param(
        entry,
        variable.name,
        id=variable.name,
        marks=PROVES.get(entry.code, ()),
    )
    for entry in ENTRIES
    for variable in entry.variables
    if variable.is_required and not variable.name.startswith("ORDERFLOW_")
]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def settings(sandbox: RunningSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """What leads everybody to the stand-ins; nothing of this machine's environment is seen."""
    for variable in {variable.name for entry in ENTRIES for variable in entry.variables} & set(os.environ):
        monkeypatch.delenv(variable)
    (tmp_path / "orders").mkdir()
    yield connector_variables(sandbox.url, str(tmp_path)) | {"SMTP_PORT": mail_port(sandbox)}
    sandbox.forget()


def mail_port(sandbox: RunningSandbox) -> str:
    return str(httpx.post(f"{sandbox.url}/smtp/_listen", json={}).json()["port"])


def checked(entry: Entry, settings: dict[str, str]) -> str:
    async def opened() -> str:
        connector = build(entry.folder, entry.code, settings)
        try:
            return await connector.check()
        finally:
            if hasattr(connector, "aclose"):
                await connector.aclose()

    return asyncio.run(opened())


def books(sandbox: RunningSandbox, entry: Entry) -> Any:
    return copy.deepcopy(sandbox.books(entry.code).dump()) if entry.code in simulator_names() else None


@pytest.mark.parametrize("entry", EACH)
def test_every_connector_can_be_built_by_its_row(entry: Entry, settings: dict[str, str]) -> None:
    connector = build(entry.folder, entry.code, settings)
    assert isinstance(connector, Connector) and connector.code == entry.code
    assert entry.summary and entry.verbs
    assert all(variable.name.isupper() for variable in entry.variables)


@pytest.mark.parametrize("entry", EACH)
def test_a_check_shows_something_and_changes_nothing_there(
    sandbox: RunningSandbox, entry: Entry, settings: dict[str, str]
) -> None:
    said = checked(entry, settings)
    assert bool(said) == (entry.code not in ASKED_NOTHING)
    before = books(sandbox, entry)
    assert (checked(entry, settings), books(sandbox, entry)) == (said, before)


@pytest.mark.requirement("LANE-17")
@pytest.mark.parametrize("entry", ASKED)
def test_a_service_that_asks_to_slow_down_is_heard(
    sandbox: RunningSandbox, entry: Entry, settings: dict[str, str]
) -> None:
    sandbox.fail(entry.code, "*", "rate_limited", count=None, seconds=9)
    with pytest.raises(TryAgain) as wait:
        checked(entry, settings)
    assert wait.value.wait_seconds >= 9


@pytest.mark.parametrize("entry", ASKED)
def test_an_answer_nobody_can_read_is_no_answer(
    sandbox: RunningSandbox, entry: Entry, settings: dict[str, str]
) -> None:
    sandbox.fail(entry.code, "*", "nonsense", count=None)
    with pytest.raises((OutcomeUnknown, TryAgain)):
        checked(entry, settings)


@pytest.mark.requirement("OF-160")
@pytest.mark.parametrize("entry", ASKED)
def test_a_wrong_credential_is_refused_as_one_and_not_repeated(entry: Entry, settings: dict[str, str]) -> None:
    secrets = [variable.name for variable in entry.variables if variable.is_secret and "WEBHOOK" not in variable.name]
    with pytest.raises(Refused) as refusal:
        checked(entry, settings | dict.fromkeys(secrets, WRONG))
    assert refusal.value.code == "credentials"
    assert WRONG not in str(refusal.value)


@pytest.mark.parametrize(("entry", "variable"), NEEDED)
def test_a_missing_variable_is_named_and_one_that_is_set_wins_over_a_stored_one(
    entry: Entry, variable: str, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    without = {name: text for name, text in settings.items() if name != variable}
    if entry.code != "order_file":
        with pytest.raises(NotConfigured, match=variable) as missing:
            build(entry.folder, entry.code, without)
        assert missing.value.variable == variable
    monkeypatch.setenv(variable, settings[variable])
    assert build(entry.folder, entry.code, without | {variable: ""}).code == entry.code


@pytest.mark.parametrize("entry", EACH)
def test_no_secret_shows_where_settings_are_printed(entry: Entry, settings: dict[str, str]) -> None:
    canary = "c2VjcmV0Y2FuYXJ5"
    secrets = {variable.name: canary for variable in entry.variables if variable.is_secret}
    loaded = connector_settings(entry, settings | secrets)
    assert canary not in f"{loaded!r} {loaded} {loaded.model_dump()}"


def connector_settings(entry: Entry, settings: dict[str, str]) -> Any:
    return connector_class(entry.folder, entry.code).Settings.load(settings)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_kind_has_a_suite_that_is_made_from_the_registry(folder: str) -> None:
    others = (path for path in Path(__file__).parent.glob("test_*.py") if path != Path(__file__))
    assert [path for path in others if f'connectors_of("{folder}")' in path.read_text(encoding="utf-8")]


def test_the_catalogue_refuses_a_connector_nobody_wrote() -> None:
    with pytest.raises(KeyError):
        entry_of("carriers", "nobody")
