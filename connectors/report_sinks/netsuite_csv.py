"""NetSuite: sales invoices as a CSV file to import.

NetSuite maps columns freely; the External ID makes an import that is repeated update what it made before.
"""

from types import MappingProxyType

from pydantic import Field

from connectors.accounting.invoice_files import InvoiceFiles
from connectors.accounting.settings import InvoiceFileSettings


class NetSuiteCsvSettings(InvoiceFileSettings):
    """The folder of the files, and how the shop's own import wants columns and dates, where not as usual."""

    service = "netsuite_csv"
    usual_columns = MappingProxyType(
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

    columns: str = Field("", validation_alias="NETSUITE_CSV_COLUMNS")
    date_format: str = Field("%m/%d/%Y", validation_alias="NETSUITE_CSV_DATE_FORMAT")


class NetSuiteCsv(InvoiceFiles):
    """Files for NetSuite."""

    code = "netsuite_csv"
    Settings = NetSuiteCsvSettings
    program = "NetSuite"
    invoices_at_once = 5000
