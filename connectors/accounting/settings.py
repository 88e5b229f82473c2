"""What every program is told of its import file: the folder, the columns and how dates are written."""

from functools import cached_property
from pathlib import Path
from typing import ClassVar

from pydantic import Field, field_validator

from connectors.accounting.layout import Layout, layout_of
from connectors.settings import ConnectorSettings


class InvoiceFileSettings(ConnectorSettings):
    """The folder of the files, and how the shop's own import wants columns and dates, where not as usual.

    A program names the environment variables of its columns and dates, and its `usual_columns`.
    """

    usual_columns: ClassVar[Layout]

    folder: Path = Field(validation_alias="ORDERFLOW_REPORT_FOLDER")
    columns: str = ""
    date_format: str = "%Y-%m-%d"

    @field_validator("columns")
    @classmethod
    def _known_fields(cls, columns: str) -> str:
        layout_of(columns, cls.usual_columns)
        return columns

    @cached_property
    def layout(self) -> Layout:
        """The columns, in their order."""
        return layout_of(self.columns, self.usual_columns)
