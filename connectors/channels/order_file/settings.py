"""Where order files are dropped."""

from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field, model_validator

from connectors.settings import ConnectorSettings


class OrderFileSettings(ConnectorSettings):
    """The folder orders are dropped into; the installation's own order folder where no other is named."""

    service: ClassVar[str] = "order_file"

    folder: Path = Field(validation_alias="ORDER_FILE_FOLDER")

    @model_validator(mode="before")
    @classmethod
    def _of_the_installation(cls, values: dict[str, Any]) -> dict[str, Any]:
        folder = values.get("ORDER_FILE_FOLDER") or values.get("ORDERFLOW_ORDER_FOLDER")
        return {**values, "ORDER_FILE_FOLDER": folder} if folder else values
