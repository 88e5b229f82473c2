"""QuickBooks Online: sales invoices as a CSV file to import.

The column names are those people report of its import (Intuit's forum, 2019); there is no official file to be had.
"""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from pydantic import Field, field_validator

from connectors.accounting.invoice_files import InvoiceFiles
from connectors.accounting.layout import Layout, layout_of
from connectors.settings import ConnectorSettings

USUAL_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "*Invoice number": "invoice_number",
        "*Customer": "customer",
        "*Invoice date": "invoice_date",
        "*Due date": "due_date",
        "*Item Amount": "amount",
        "Item(Product/Service)": "sku",
        "Item Description": "description",
        "Item Quantity": "quantity",
        "Item Rate": "unit_price",
        "Memo": "source",
    }
)


class QuickBooksCsvSettings(ConnectorSettings):
    """The folder of the files, and how the shop's own import wants columns and dates, where not as usual."""

    service = "quickbooks_csv"
    folder: Path = Field(validation_alias="ORDERFLOW_REPORT_FOLDER")
    columns: str = Field("", validation_alias="QUICKBOOKS_CSV_COLUMNS")
    date_format: str = Field("%m/%d/%Y", validation_alias="QUICKBOOKS_CSV_DATE_FORMAT")

    @field_validator("columns")
    @classmethod
    def _known_fields(cls, columns: str) -> str:
        layout_of(columns, USUAL_COLUMNS)
        return columns

    @cached_property
    def layout(self) -> Layout:
        """The columns, in their order."""
        return layout_of(self.columns, USUAL_COLUMNS)


class QuickBooksCsv(InvoiceFiles):
    """Files for QuickBooks."""

    code = "quickbooks_csv"
    Settings = QuickBooksCsvSettings
    program = "QuickBooks"
    invoices_at_once = 100

    def __init__(self, settings: QuickBooksCsvSettings) -> None:
        super().__init__(settings.folder, settings.layout, settings.date_format)
