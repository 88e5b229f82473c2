"""Where one installation keeps its things: database, key and folders. Every process of it reads the same settings."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from connectors.database.session import Database
from connectors.vault import Vault, read_key_file, split_keys


@dataclass(frozen=True)
class Folders:
    """Where files go and come from: bought labels, reports for people, order files dropped in."""

    labels: Path
    reports: Path
    orders: Path
    logs: Path

    def create(self) -> None:
        """Makes the folders that are missing."""
        for folder in (self.labels, self.reports, self.orders, self.logs):
            folder.mkdir(parents=True, exist_ok=True)


class Installation(BaseSettings):
    """The settings of one installation, from ORDERFLOW_… variables; all that is not set lies in the home folder.

    `public_url` is where people's browsers find this installation's pages; links in messages begin with it.
    """

    model_config = SettingsConfigDict(
        env_prefix="ORDERFLOW_", extra="ignore", frozen=True, env_ignore_empty=True, hide_input_in_errors=True
    )

    home: Path = Path(".orderflow")
    database_url: str = ""
    secret_key: SecretStr = SecretStr("")
    label_folder: Path | None = None
    report_folder: Path | None = None
    order_folder: Path | None = None
    public_url: str = "http://127.0.0.1:8600"

    @field_validator("home", "label_folder", "report_folder", "order_folder")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return path.expanduser().resolve() if path else None

    @classmethod
    def from_environment(cls) -> Self:
        """The installation this process belongs to."""
        return cls()

    @property
    def key_file(self) -> Path:
        """The file of the secret key, used where ORDERFLOW_SECRET_KEY is not set."""
        return self.home / "secret.key"

    @property
    def database_address(self) -> str:
        """The database's URL; a SQLite file in the home folder unless ORDERFLOW_DATABASE_URL says otherwise."""
        return self.database_url or f"sqlite:///{self.home / 'orderflow.db'}"

    @property
    def folders(self) -> Folders:
        """The folders, which may not exist yet."""
        return Folders(
            labels=self.label_folder or self.home / "labels",
            reports=self.report_folder or self.home / "reports",
            orders=self.order_folder or self.home / "orders",
            logs=self.home / "logs",
        )

    def database(self) -> Database:
        """A connection pool of its own to the database; the caller closes it."""
        return Database(self.database_address)

    def vault(self) -> Vault:
        """What seals credentials and personal data. Raises VaultLocked without a usable key."""
        return Vault(split_keys(self.secret_key.get_secret_value()) or read_key_file(self.key_file))

    def variables(self) -> dict[str, str]:
        """The environment variables that make another process belong to this installation."""
        named = {
            "ORDERFLOW_HOME": self.home,
            "ORDERFLOW_DATABASE_URL": self.database_address,
            "ORDERFLOW_SECRET_KEY": self.secret_key.get_secret_value(),
            "ORDERFLOW_LABEL_FOLDER": self.folders.labels,
            "ORDERFLOW_REPORT_FOLDER": self.folders.reports,
            "ORDERFLOW_ORDER_FOLDER": self.folders.orders,
            "ORDERFLOW_PUBLIC_URL": self.public_url,
        }
        return {name: str(value) for name, value in named.items() if str(value)}
