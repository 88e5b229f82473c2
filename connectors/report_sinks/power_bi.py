"""Power BI: rows pushed into a push dataset. Off by default: such datasets are scheduled for retirement.

A push only appends, and there is no key to push under: what may have arrived is never pushed again. A request holds at
most 10,000 rows, and 120 of them are taken in a minute. (Microsoft's documentation, "Power BI REST API limitations".)
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import Field, SecretStr

from connectors.errors import OutcomeUnknown, Refused, TryAgain
from connectors.protocols import Document, ReportSink
from connectors.settings import ConnectorSettings
from connectors.transport.access_tokens import BearerAuth, KeptToken, Token, fetch_token
from connectors.transport.http import HttpClient

ROWS_AT_ONCE = 10_000
SCOPE = "https://analysis.windows.net/powerbi/api/.default"


class PowerBiSettings(ConnectorSettings):
    """The application that may push, and the dataset. `tables` are pushed, comma-separated; others are left out."""

    service = "power_bi"
    tenant_id: str = Field(validation_alias="POWER_BI_TENANT_ID")
    client_id: str = Field(validation_alias="POWER_BI_CLIENT_ID")
    client_secret: SecretStr = Field(validation_alias="POWER_BI_CLIENT_SECRET")
    dataset_id: str = Field(validation_alias="POWER_BI_DATASET_ID")
    group_id: str = Field("", validation_alias="POWER_BI_GROUP_ID")
    tables: str = Field("Weekly report", validation_alias="POWER_BI_TABLES")
    base_url: str = Field("https://api.powerbi.com", validation_alias="POWER_BI_BASE_URL")
    login_url: str = Field("https://login.microsoftonline.com", validation_alias="POWER_BI_LOGIN_URL")


class PowerBi(ReportSink):
    """One push dataset; each table of ours is the table of the same name there."""

    code = "power_bi"
    Settings = PowerBiSettings
    repeat_is_harmless = False

    def __init__(self, settings: PowerBiSettings, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._settings = settings
        self._tables = frozenset(name.strip() for name in settings.tables.split(","))
        self._login = HttpClient("power_bi", settings.login_url, transport=transport)
        auth = BearerAuth(KeptToken(self._fetch_token))
        self._http = HttpClient("power_bi", settings.base_url, auth=auth, explain=explain, transport=transport)

    def takes(self, table: str) -> bool:
        """The tables that were named."""
        return table in self._tables

    async def upsert(self, table: str, key_column: str, columns: Sequence[str], rows: Sequence[Document]) -> int:
        """Appends the rows; a key that was pushed before is there twice, so each report is to be pushed once.

        Raises OutcomeUnknown also where some of the rows arrived and the next were not taken.
        """
        kept = {str(row[key_column]): row for row in rows}
        batches = [list(kept.values())[start : start + ROWS_AT_ONCE] for start in range(0, len(kept), ROWS_AT_ONCE)]
        for number, batch in enumerate(batches):
            try:
                await self._http.write("POST", self._path(table), json={"rows": [_row(row, columns) for row in batch]})
            except (TryAgain, Refused) as error:
                if number == 0:
                    raise
                raise OutcomeUnknown(f"power_bi took {number} of {len(batches)} parts: {error}") from error
        return len(kept)

    async def check(self) -> str:
        """Whether the dataset can be seen."""
        await self._http.read("GET", self._dataset)
        return "the dataset can be seen"

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()
        await self._login.aclose()

    @property
    def _dataset(self) -> str:
        group = f"groups/{quote(self._settings.group_id, safe='')}/" if self._settings.group_id else ""
        return f"v1.0/myorg/{group}datasets/{quote(self._settings.dataset_id, safe='')}"

    def _path(self, table: str) -> str:
        return f"{self._dataset}/tables/{quote(table, safe='')}/rows"

    async def _fetch_token(self) -> Token:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret.get_secret_value(),
            "scope": SCOPE,
        }
        path = f"{quote(self._settings.tenant_id, safe='')}/oauth2/v2.0/token"
        return await fetch_token(self._login, path, Token, data=form)


def explain(response: httpx.Response) -> Refused:
    """What Power BI refuses, by its code."""
    try:
        code = str(response.json()["error"]["code"])
    except (ValueError, LookupError, TypeError):
        code = f"http_{response.status_code}"
    if response.status_code in {401, 403}:
        return Refused("power_bi does not accept the application", code="credentials")
    field = "POWER_BI_DATASET_ID" if response.status_code == 404 else ""
    return Refused(f"power_bi says {code}", field=field, code=code)


def _row(row: Document, columns: Sequence[str]) -> dict[str, Any]:
    return {name: _cell(row.get(name)) for name in columns}


def _cell(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, datetime) else value
