"""QuickBooks Online: sales invoices as a CSV file to import.

The column names are those people report of its import (Intuit's forum, 2019); there is no official file to be had.
"""

from types import MappingProxyType

from pydantic import Field

from connectors.accounting.invoice_files import InvoiceFiles
from connectors.accounting.settings import InvoiceFileSettings


class QuickBooksCsvSettings(InvoiceFileSettings):
    """The folder of the files, and how the shop's own import wants columns and dates, where not as usual."""

    service = "quickbooks_csv"
    usual_columns = MappingProxyType(
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

    columns: str = Field("", validation_alias="QUICKBOOKS_CSV_COLUMNS")
    date_format: str = Field("%m/%d/%Y", validation_alias="QUICKBOOKS_CSV_DATE_FORMAT")


class QuickBooksCsv(InvoiceFiles):
    """Files for QuickBooks."""

    code = "quickbooks_csv"
    Settings = QuickBooksCsvSettings
    program = "QuickBooks"
    invoices_at_once = 100
