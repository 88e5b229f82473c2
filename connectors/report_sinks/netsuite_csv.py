"""NetSuite: sales invoices as a CSV file to import.

NetSuite maps columns freely; the External ID makes an import that is repeated update what it made before.
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
        "External ID": "invoice_number",
        "Customer": "customer",
        "Email": "email",
        "Date": "invoice_date",
        "Due Date": "due_date",
        "Line": "line_no",
        "Item": "sku",
        "Description": "description",
        "Quantity": "quantity",
        "Rate": "unit_price",
        "Amount": "amount",
        "Currency": "currency",
        "Memo": "source",
    }
)


class NetSuiteCsvSettings(ConnectorSettings):
    """The folder of the files, and how the shop's own import wants columns and dates, where not as usual."""

    service = "netsuite_csv"
    folder: Path = Field(validation_alias="ORDERFLOW_REPORT_FOLDER")
    columns: str = Field("", validation_alias="NETSUITE_CSV_COLUMNS")
    date_format: str = Field("%m/%d/%Y", validation_alias="NETSUITE_CSV_DATE_FORMAT")

    @field_validator("columns")
    @classmethod
    def _known_fields(cls, columns: str) -> str:
        layout_of(columns, USUAL_COLUMNS)
        return columns

    @cached_property
    def layout(self) -> Layout:
        """The columns, in their order."""
        return layout_of(self.columns, USUAL_COLUMNS)


class NetSuiteCsv(InvoiceFiles):
    """Files for NetSuite."""

    code = "netsuite_csv"
    Settings = NetSuiteCsvSettings
    program = "NetSuite"
    invoices_at_once = 5000

    def __init__(self, settings: NetSuiteCsvSettings) -> None:
        super().__init__(settings.folder, settings.layout, settings.date_format)
