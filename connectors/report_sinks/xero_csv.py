"""Xero: sales invoices as a CSV file to import.

The column names are those of its template; a file holds at most 500 invoices. The day comes before the month, which an
organisation in North America changes by XERO_CSV_DATE_FORMAT.
"""

from types import MappingProxyType

from pydantic import Field

from connectors.accounting.invoice_files import InvoiceFiles
from connectors.accounting.settings import InvoiceFileSettings


class XeroCsvSettings(InvoiceFileSettings):
    """The folder of the files, and how the shop's own import wants columns and dates, where not as usual."""

    service = "xero_csv"
    usual_columns = MappingProxyType(
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

    columns: str = Field("", validation_alias="XERO_CSV_COLUMNS")
    date_format: str = Field("%d/%m/%Y", validation_alias="XERO_CSV_DATE_FORMAT")


class XeroCsv(InvoiceFiles):
    """Files for Xero."""

    code = "xero_csv"
    Settings = XeroCsvSettings
    program = "Xero"
    invoices_at_once = 500
