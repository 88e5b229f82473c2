"""Xero: sales invoices by its accounting API.

An invoice is known by its number: posting it again updates it. A request repeated under its `Idempotency-Key` within
the hour is answered as the first one was. (Xero's documentation, "Idempotency" and "Invoices".) A batch is answered
with 200 also where single invoices failed, each with its own errors.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import httpx
from pydantic import BaseModel, Field, SecretStr

from connectors.accounting.layout import parts_of
from connectors.errors import Refused
from connectors.protocols import Document, ReportSink
from connectors.protocols.report_sink import INVOICES
from connectors.settings import ConnectorSettings
from connectors.transport.access_tokens import BearerAuth, KeptToken, Token, fetch_token
from connectors.transport.http import HttpClient, answer_of

INVOICES_AT_ONCE = 50


class XeroSettings(ConnectorSettings):
    """A custom connection to one organisation, and the account and tax rate sales are booked under."""

    service = "xero"
    client_id: str = Field(validation_alias="XERO_CLIENT_ID")
    client_secret: SecretStr = Field(validation_alias="XERO_CLIENT_SECRET")
    tenant_id: str = Field(validation_alias="XERO_TENANT_ID")
    account_code: str = Field("200", validation_alias="XERO_ACCOUNT_CODE")
    tax_type: str = Field("", validation_alias="XERO_TAX_TYPE")
    status: str = Field("DRAFT", validation_alias="XERO_INVOICE_STATUS", pattern="^(DRAFT|SUBMITTED|AUTHORISED)$")
    base_url: str = Field("https://api.xero.com/api.xro/2.0", validation_alias="XERO_BASE_URL")
    login_url: str = Field("https://identity.xero.com", validation_alias="XERO_LOGIN_URL")


class _Saved(BaseModel):
    """What Xero tells of one invoice of a batch."""

    InvoiceNumber: str = ""
    HasErrors: bool = False
    ValidationErrors: list[dict[str, Any]] = []


class _Answer(BaseModel):
    Invoices: list[_Saved]


class Xero(ReportSink):
    """The sales invoices of one organisation."""

    code = "xero"
    Settings = XeroSettings

    def __init__(self, settings: XeroSettings, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._settings = settings
        self._login = HttpClient("xero", settings.login_url, transport=transport)
        headers = {"Xero-Tenant-Id": settings.tenant_id, "Accept": "application/json"}
        auth = BearerAuth(KeptToken(self._fetch_token))
        self._http = HttpClient(
            "xero", settings.base_url, headers=headers, auth=auth, explain=explain, transport=transport
        )

    def takes(self, table: str) -> bool:
        """The invoices, and nothing else."""
        return table == INVOICES

    async def upsert(self, table: str, key_column: str, columns: Sequence[str], rows: Sequence[Document]) -> int:
        """Posts every invoice, fifty at once; returns how many lines they have. A repeat changes nothing.

        Raises Refused, naming the invoices, where Xero took some and not others: all that were taken stay.
        """
        refused: list[str] = []
        for part in parts_of(rows, INVOICES_AT_ONCE):
            invoices = invoices_of(part, self._settings)
            refused += await self._post(invoices)
        if refused:
            raise Refused(f"xero refuses the invoices {', '.join(refused[:20])}", field="Invoices", code="validation")
        return len(rows)

    async def check(self) -> str:
        """Whether the organisation can be seen."""
        await self._http.read("GET", "Organisation")
        return "the organisation can be seen"

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()
        await self._login.aclose()

    async def _post(self, invoices: Sequence[Document]) -> list[str]:
        body = {"Invoices": list(invoices)}
        response = await self._http.write(
            "POST",
            "Invoices",
            params={"summarizeErrors": "false"},
            json=body,
            headers={"Idempotency-Key": hashlib.sha256(repr(body).encode()).hexdigest()},
        )
        saved = answer_of(response, _Answer).Invoices
        return [one.InvoiceNumber for one in saved if one.HasErrors or one.ValidationErrors]

    async def _fetch_token(self) -> Token:
        credentials = (self._settings.client_id, self._settings.client_secret.get_secret_value())
        form = {"grant_type": "client_credentials", "scope": "accounting.transactions accounting.settings.read"}
        return await fetch_token(self._login, "connect/token", Token, data=form, auth=credentials)


def invoices_of(lines: Sequence[Document], settings: XeroSettings) -> list[dict[str, Any]]:
    """The lines as Xero's invoices, in their order."""
    return [_invoice(invoice, settings) for invoice in parts_of(lines, 1)]


def explain(response: httpx.Response) -> Refused:
    """What Xero refuses, by the type of its error: its texts quote customers."""
    try:
        kind = str(response.json().get("Type") or response.json().get("Title") or "")
    except (ValueError, AttributeError):
        kind = ""
    if response.status_code in {401, 403}:
        return Refused("xero does not accept the connection", code="credentials")
    return Refused(f"xero says {kind or response.status_code}", code=kind or f"http_{response.status_code}")


def _invoice(lines: Sequence[Document], settings: XeroSettings) -> dict[str, Any]:
    first = lines[0]
    contact = {"Name": first["customer"]} | ({"EmailAddress": first["email"]} if first["email"] else {})
    return {
        "Type": "ACCREC",
        "InvoiceNumber": first["invoice_number"],
        "Contact": contact,
        "Date": first["invoice_date"],
        "DueDate": first["due_date"],
        "CurrencyCode": first["currency"],
        "LineAmountTypes": "Inclusive" if settings.tax_type else "NoTax",
        "Status": settings.status,
        "LineItems": [_line(line, settings) for line in lines],
    }


def _line(line: Document, settings: XeroSettings) -> dict[str, Any]:
    # No ItemCode: Xero refuses an invoice with a code it has no item for.
    tax = {"TaxType": settings.tax_type} if settings.tax_type else {}
    return {
        "Description": line["description"],
        "Quantity": line["quantity"],
        "UnitAmount": float(line["unit_price"]),
        "LineAmount": float(line["amount"]),
        "AccountCode": settings.account_code,
        **tax,
    }
