"""One set of settings that every process of an installation reads alike."""

import pytest
from pydantic import ValidationError

from connectors.installation import Installation
from connectors.vault import VaultLocked, create_key_file, new_key
from deployments.home import Home


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch, tmp_path):
    for name in ("HOME", "DATABASE_URL", "SECRET_KEY", "LABEL_FOLDER", "RECEIVER_PORT", "CONFIG_FILE"):
        monkeypatch.delenv(f"ORDERFLOW_{name}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_without_any_setting_everything_lies_in_the_current_folder(tmp_path):
    home = Home.from_environment()
    assert home.home == tmp_path / ".orderflow"
    assert home.database_address == f"sqlite:///{tmp_path}/.orderflow/orderflow.db"
    assert home.folders.labels == tmp_path / ".orderflow" / "labels"


def test_another_process_with_its_variables_belongs_to_the_same_installation(monkeypatch, tmp_path):
    home = Home(home=tmp_path / "here", secret_key=new_key(), label_folder=tmp_path / "paper")
    for name, text in home.variables().items():
        monkeypatch.setenv(name, text)
    monkeypatch.chdir("/")
    other = Installation.from_environment()
    assert other.variables() == home.variables()
    assert other.vault().open(home.vault().seal(b"same key")) == b"same key"


def test_a_database_elsewhere_is_taken_from_the_environment(monkeypatch):
    monkeypatch.setenv("ORDERFLOW_DATABASE_URL", "postgresql://db.example/orders")
    assert Home.from_environment().database_address == "postgresql://db.example/orders"


@pytest.mark.requirement("OF-160")
def test_the_settings_never_show_the_key(tmp_path):
    key = new_key()
    assert key not in repr(Home(home=tmp_path, secret_key=key))


def test_the_key_comes_from_the_environment_or_from_the_file_beside_the_database(monkeypatch, tmp_path):
    home = Home(home=tmp_path)
    with pytest.raises(VaultLocked, match="orderflow init"):
        home.vault()
    create_key_file(home.key_file)
    sealed = home.vault().seal(b"x")
    assert home.vault().open(sealed) == b"x"
    with pytest.raises(VaultLocked):
        Home(home=tmp_path, secret_key=new_key()).vault().open(sealed)


@pytest.mark.requirement("OF-100")
def test_the_configuration_file_is_the_current_folders_before_the_homes(tmp_path):
    home = Home(home=tmp_path / "home")
    assert home.configuration() == tmp_path / "home" / "orderflow-config.json"
    (tmp_path / "orderflow-config.json").touch()
    assert home.configuration() == tmp_path / "orderflow-config.json"


def test_links_lead_to_the_receiver_unless_another_address_is_set(monkeypatch, tmp_path):
    assert Home(home=tmp_path, receiver_port=8611).public_url == "http://127.0.0.1:8611"
    monkeypatch.setenv("ORDERFLOW_PUBLIC_URL", "https://orders.example")
    assert Home(home=tmp_path, receiver_port=8611).public_url == "https://orders.example"


def test_a_port_that_cannot_be_is_refused(monkeypatch):
    monkeypatch.setenv("ORDERFLOW_RECEIVER_PORT", "70000")
    with pytest.raises(ValidationError, match="receiver_port"):
        Home.from_environment()
