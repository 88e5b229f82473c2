"""The settings of one machine: the installation, and the ports its servers listen on."""

from pathlib import Path
from typing import Any

from pydantic import Field, model_validator
from sqlalchemy import make_url

from connectors.installation import Installation

CONFIG_FILE = "orderflow-config.json"
LOOPBACK = "127.0.0.1"


class Home(Installation):
    """An installation with the servers of this machine; each port is set by ORDERFLOW_…_PORT."""

    receiver_port: int = Field(default=8600, ge=1, le=65535)
    prefect_port: int = Field(default=4200, ge=1, le=65535)
    console_port: int = Field(default=8700, ge=1, le=65535)
    config_file: Path | None = None
    workers: int = Field(default=1, ge=1, le=64)

    @model_validator(mode="before")
    @classmethod
    def _pages_are_the_receivers(cls, settings: dict[str, Any]) -> dict[str, Any]:
        """Links lead to the receiver's pages unless another address is set."""
        port = settings.get("receiver_port", cls.model_fields["receiver_port"].default)
        return {"public_url": f"http://{LOOPBACK}:{port}", **settings}

    @property
    def receiver_address(self) -> str:
        """Where webhooks are posted to on this machine."""
        return f"http://{LOOPBACK}:{self.receiver_port}"

    @property
    def prefect_address(self) -> str:
        """Where the Prefect UI is on this machine; its API is under /api."""
        return f"http://{LOOPBACK}:{self.prefect_port}"

    @property
    def database_file_exists(self) -> bool:
        """Whether there can be a database: a SQLite file that is there, or a server to ask."""
        address = make_url(self.database_address)
        return address.get_backend_name() != "sqlite" or Path(address.database or "").is_file()

    def configuration(self) -> Path:
        """The configuration file: ORDERFLOW_CONFIG_FILE, else the current folder's, else the home folder's."""
        if self.config_file:
            return self.config_file
        here = Path.cwd() / CONFIG_FILE
        return here if here.exists() else self.home / CONFIG_FILE
