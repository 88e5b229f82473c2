"""Xero: sales invoices as a CSV file to import.

The column names are those of its template; a file holds at most 500 invoices. The day comes before the month, which an
organisation in North America changes by XERO_CSV_DATE_FORMAT.
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
        "*ContactName": "customer",
        "EmailAddress": "email",
        "*InvoiceNumber": "invoice_number",
        "*InvoiceDate": "invoice_date",
        "*DueDate": "due_date",
        "InventoryItemCode": "sku",
        "*Description": "description",
        "*Quantity": "quantity",
        "*UnitAmount": "unit_price",
        "*AccountCode": "=200",
        "*TaxType": "=Tax on Sales",
        "Currency": "currency",
    }
)


class XeroCsvSettings(ConnectorSettings):
    """The folder of the files, and how the shop's own import wants columns and dates, where not as usual."""

    service = "xero_csv"
    folder: Path = Field(validation_alias="ORDERFLOW_REPORT_FOLDER")
    columns: str = Field("", validation_alias="XERO_CSV_COLUMNS")
    date_format: str = Field("%d/%m/%Y", validation_alias="XERO_CSV_DATE_FORMAT")

    @field_validator("columns")
    @classmethod
    def _known_fields(cls, columns: str) -> str:
        layout_of(columns, USUAL_COLUMNS)
        return columns

    @cached_property
    def layout(self) -> Layout:
        """The columns, in their order."""
        return layout_of(self.columns, USUAL_COLUMNS)


class XeroCsv(InvoiceFiles):
    """Files for Xero."""

    code = "xero_csv"
    Settings = XeroCsvSettings
    program = "Xero"
    invoices_at_once = 500

    def __init__(self, settings: XeroCsvSettings) -> None:
        super().__init__(settings.folder, settings.layout, settings.date_format)
