"""Google Sheets: tables that people read, written row by row under a key."""

import asyncio
import threading
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

import gspread
import requests
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError, TransportError
from google.oauth2.credentials import Credentials as TokenCredentials
from google.oauth2.service_account import Credentials as ServiceAccountCredentials
from gspread.utils import ValueInputOption, ValueRenderOption, rowcol_to_a1
from pydantic import Field, SecretStr, model_validator
from requests.adapters import HTTPAdapter
from urllib3.exceptions import NewConnectionError

from connectors.errors import ConnectorError, NotConfigured, OutcomeUnknown, Refused, TryAgain
from connectors.protocols import Document, ReportSink
from connectors.settings import ConnectorSettings
from connectors.transport.http import CALL_TIMEOUT_SECONDS

GOOGLE = "https://sheets.googleapis.com"
_FAILURES = (gspread.exceptions.GSpreadException, PermissionError, requests.RequestException, GoogleAuthError)
_SCOPES = ["https://www.googleapis.com/auth/spreadsheets"]

Cell = str | int | float | bool


class GoogleSheetsSettings(ConnectorSettings):
    """The spreadsheet, shared with the service account whose key file this is. A token stands in for the file."""

    service = "google_sheets"
    spreadsheet_id: str = Field(validation_alias="GOOGLE_SHEETS_SPREADSHEET_ID")
    token: SecretStr = Field(SecretStr(""), validation_alias="GOOGLE_SHEETS_TOKEN")
    account_file: str = Field("", validation_alias="GOOGLE_SERVICE_ACCOUNT_FILE")
    base_url: str = Field(GOOGLE, validation_alias="GOOGLE_SHEETS_BASE_URL")

    @model_validator(mode="after")
    def _some_credential(self) -> Self:
        if not (self.token.get_secret_value() or Path(self.account_file).is_file()):
            raise NotConfigured("GOOGLE_SERVICE_ACCOUNT_FILE", needed_by=self.service)
        return self


class GoogleSheets(ReportSink):
    """One spreadsheet, one worksheet for each table. Values are written raw, so no cell can become a formula."""

    code = "google_sheets"
    Settings = GoogleSheetsSettings

    def __init__(self, settings: GoogleSheetsSettings) -> None:
        self._settings = settings
        # One writer at a time: the keys are read before the new rows are appended.
        self._writing = threading.Lock()
        self._spreadsheet: gspread.Spreadsheet | None = None
        self._worksheets: dict[str, gspread.Worksheet] = {}

    async def upsert(self, table: str, key_column: str, columns: Sequence[str], rows: Sequence[Document]) -> int:
        """Writes each row under its key, in a thread as gspread is synchronous.

        After OutcomeUnknown the whole call may be repeated: keys that arrived are found and written over. The columns
        a sheet already has keep their places, people's own ones too; unknown ones are added at the right.
        """
        return await asyncio.to_thread(self._upsert, table, key_column, columns, rows)

    async def check(self) -> str:
        """Opens the spreadsheet."""
        return await asyncio.to_thread(self._check)

    def _check(self) -> str:
        try:
            return f"{len(self._open().worksheets())} worksheets"
        except _FAILURES as error:
            raise meaning(error) from error

    def _upsert(self, table: str, key_column: str, columns: Sequence[str], rows: Sequence[Document]) -> int:
        if not rows:
            return 0
        try:
            with self._writing:
                sheet = self._worksheet(table, columns)
                header = _complete_header(sheet, columns)
                return _write(sheet, header, key_column, rows)
        except _FAILURES as error:
            # Somebody may have removed the worksheet: the next call looks again.
            self._worksheets.clear()
            raise meaning(error) from error

    def _worksheet(self, table: str, columns: Sequence[str]) -> gspread.Worksheet:
        """The worksheet, opened once as opening costs two reads of the quota, and made where there is none."""
        if table not in self._worksheets:
            book = self._open()
            try:
                self._worksheets[table] = book.worksheet(table)
            except gspread.WorksheetNotFound:
                self._worksheets[table] = book.add_worksheet(table, rows=2, cols=max(len(columns), 8))
        return self._worksheets[table]

    def _open(self) -> gspread.Spreadsheet:
        if self._spreadsheet is None:
            self._spreadsheet = _client(self._settings).open_by_key(self._settings.spreadsheet_id)
        return self._spreadsheet


def cell(value: Any) -> Cell:
    """A value as a sheet holds it: numbers stay numbers, times are ISO 8601 text, nothing is an empty cell."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, (bool, int, float)) else str(value)


def meaning(error: Exception) -> ConnectorError:
    """What a failure of gspread, of the connection or of the credentials means for us."""
    # gspread wraps some answers of Google in exceptions of its own, even in a builtin one.
    for answer in (error, error.__cause__):
        if isinstance(answer, gspread.exceptions.APIError):
            return _refusal(answer.response.status_code)
    if isinstance(error, (requests.ConnectTimeout, TransportError)) or _never_connected(error):
        return TryAgain("google_sheets cannot be reached")
    if isinstance(error, GoogleAuthError):
        return Refused("google_sheets does not accept the service account", code="credentials")
    return OutcomeUnknown(f"google_sheets gave no readable answer: {type(error).__name__}")


def _refusal(status: int) -> ConnectorError:
    if status == 429:
        return TryAgain("google_sheets asks us to slow down", wait_seconds=60.0)
    if status >= 500:
        return OutcomeUnknown(f"google_sheets answered {status}")
    field = "GOOGLE_SHEETS_SPREADSHEET_ID" if status == 404 else ""
    code = "credentials" if status in {401, 403} else f"http_{status}"
    return Refused(f"google_sheets answered {status}", field=field, code=code)


def _never_connected(error: Exception) -> bool:
    """Whether there was no connection at all; requests has no type of its own for that and wraps urllib3's."""
    return isinstance(getattr(error.args[0] if error.args else None, "reason", None), NewConnectionError)


def _complete_header(sheet: gspread.Worksheet, columns: Sequence[str]) -> list[str]:
    """The sheet's first row, with the columns it lacks added."""
    header = [str(name) for name in sheet.row_values(1)]
    missing = [name for name in columns if name not in header]
    if missing:
        header = [*header, *missing]
        if len(header) > sheet.col_count:
            sheet.resize(cols=len(header))
        sheet.update([header], "A1", value_input_option=ValueInputOption.raw)
    return header


def _write(sheet: gspread.Worksheet, header: list[str], key_column: str, rows: Sequence[Document]) -> int:
    """Reads the keys once, replaces the rows that are there in one call and appends the others in one more."""
    keys = sheet.col_values(header.index(key_column) + 1, ValueRenderOption.unformatted)
    places = {str(key): number for number, key in enumerate(keys, 1) if number > 1}
    by_key = {str(cell(row[key_column])): row for row in rows}
    known = [_changes(header, places[key], row) for key, row in by_key.items() if key in places]
    if known:
        changes = [change for row in known for change in row]
        sheet.batch_update(changes, value_input_option=ValueInputOption.raw)
    new = [[cell(row.get(name)) for name in header] for key, row in by_key.items() if key not in places]
    if new:
        sheet.append_rows(new, value_input_option=ValueInputOption.raw, table_range="A1")
    return len(by_key)


def _changes(header: list[str], number: int, row: Document) -> list[dict[str, Any]]:
    """The ranges of one row that we write: runs of our own columns, so that people's cells between them stay."""
    runs: list[list[int]] = []
    for place in (place for place, name in enumerate(header, 1) if name in row):
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return [
        {
            "range": f"{rowcol_to_a1(number, run[0])}:{rowcol_to_a1(number, run[-1])}",
            "values": [[cell(row[header[place - 1]]) for place in run]],
        }
        for run in runs
    ]


class _Rebased(HTTPAdapter):
    """Carries requests for Google to another base URL; gspread has Google's built in."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._base_url = base_url.rstrip("/")

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """The request, at our base URL."""
        request.url = str(request.url).replace(GOOGLE, self._base_url, 1)
        return super().send(request, *args, **options)


def _client(settings: GoogleSheetsSettings) -> gspread.Client:
    client = gspread.Client(_credentials(settings))
    client.set_timeout(CALL_TIMEOUT_SECONDS)
    if settings.base_url != GOOGLE:
        client.http_client.session.mount(GOOGLE, _Rebased(settings.base_url))
    return client


def _credentials(settings: GoogleSheetsSettings) -> Credentials:
    token = settings.token.get_secret_value()
    if token:
        return TokenCredentials(token)
    try:
        return ServiceAccountCredentials.from_service_account_file(settings.account_file, scopes=_SCOPES)
    except (OSError, ValueError) as error:
        raise NotConfigured("GOOGLE_SERVICE_ACCOUNT_FILE", needed_by="google_sheets") from error
