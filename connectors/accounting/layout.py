"""The columns of an accounting file: each a field of our invoice lines, or the same text in every row.

A shop writes a layout as JSON: {"*InvoiceNumber": "invoice_number", "*AccountCode": "=200"}. A value that begins with
"=" is that text itself.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from connectors.protocols import Document
from connectors.tabular.csv_table import harmless

FIELDS = frozenset(
    [
        *("invoice_number", "customer", "email", "invoice_date", "due_date", "line_no", "sku", "description"),
        *("quantity", "unit_price", "amount", "currency", "order_total", "source", "period"),
    ]
)
_DATES = frozenset(["invoice_date", "due_date"])

Layout = Mapping[str, str]


def layout_of(text: str, usual: Layout) -> Layout:
    """The layout a shop wrote, or the usual one. Raises ValueError for a field nobody knows."""
    if not text:
        return usual
    layout = json.loads(text)
    if not isinstance(layout, dict) or not layout:
        raise ValueError("expected an object of columns and fields")
    unknown = [str(field) for field in layout.values() if not str(field).startswith("=") and field not in FIELDS]
    if unknown:
        raise ValueError(f"no field {unknown[0]!r}; there are {', '.join(sorted(FIELDS))}")
    return {str(column): str(field) for column, field in layout.items()}


def laid_out(line: Document, layout: Layout, date_format: str) -> dict[str, str]:
    """One line of an invoice as a row of the file; nothing in it runs as a formula."""
    return {column: _cell(line, field, date_format) for column, field in layout.items()}


def parts_of(lines: Sequence[Document], invoices_at_once: int) -> list[list[Document]]:
    """The lines in parts of so many invoices at most; an invoice is never torn apart."""
    by_invoice: dict[str, list[Document]] = {}
    for line in lines:
        by_invoice.setdefault(str(line["invoice_number"]), []).append(line)
    invoices = list(by_invoice.values())
    starts = range(0, len(invoices), invoices_at_once)
    return [[line for invoice in invoices[start : start + invoices_at_once] for line in invoice] for start in starts]


def _cell(line: Document, field: str, date_format: str) -> str:
    if field.startswith("="):
        return field[1:]
    value: Any = line.get(field)
    if field in _DATES and value:
        return date.fromisoformat(str(value)).strftime(date_format)
    return harmless(value)
