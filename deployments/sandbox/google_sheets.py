"""A stand-in of the Google Sheets API, version 4, as far as gspread calls it.

Books: `sheets` with title, grid size and the rows as they stand; `writes` with the operation, sheet and rows of every
write. Operations for faults: `open`, `add_sheet`, `read`, `update`, `append`. RAW values are kept literally; others
are taken apart as a person's typing would be. An access token begins with "ya29.". A spreadsheet named missing… does
not exist, and one named private… is not shared with us.
"""

import re
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from deployments.sandbox.books import Books
from deployments.sandbox.doors import Refusal, bearer_of, guarded

_RANGE = re.compile(r"^(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[^!']+))(?:!(?P<cells>.+))?$")
_CELLS = re.compile(r"^([A-Z]*)(\d*)(?::([A-Z]*)(\d*))?$")
BASE = "/v4/spreadsheets/{spreadsheet}"

Json = dict[str, Any]
Area = tuple[int, int, int | None, int | None]


class SheetsError(Refusal):
    """An answer in Google's own error format."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status

    def response(self, request: Request) -> Response:
        """The answer."""
        names = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}
        error = {"code": self.status, "message": str(self), "status": names[self.status]}
        return JSONResponse({"error": error}, self.status)


def router(books: Books) -> APIRouter:
    """The endpoints gspread uses for opening, making, reading, updating and appending."""
    routes = APIRouter(route_class=guarded(_denied))
    _add_spreadsheets(routes, books)
    _add_values(routes, books)
    return routes


def _add_spreadsheets(routes: APIRouter, books: Books) -> None:
    @routes.get(BASE, name="open")
    def open_spreadsheet(spreadsheet: str) -> Json:
        _sheet_or_first(books, spreadsheet)
        found = [row for row in books.entries("sheets") if row["spreadsheet"] == spreadsheet]
        return {
            "spreadsheetId": spreadsheet,
            "properties": {"title": spreadsheet, "locale": "en_US"},
            "sheets": [{"properties": _properties(row)} for row in found],
        }

    @routes.post(BASE + ":batchUpdate", name="add_sheet")
    async def change_spreadsheet(spreadsheet: str, request: Request) -> Json:
        replies = [_change(books, spreadsheet, one) for one in (await request.json())["requests"]]
        return {"spreadsheetId": spreadsheet, "replies": replies}


def _add_values(routes: APIRouter, books: Books) -> None:
    @routes.get(BASE + "/values/{cells}", name="read")
    def read(spreadsheet: str, cells: str, request: Request, majorDimension: str = "ROWS") -> Json:  # noqa: N803
        sheet, area = _find(books, spreadsheet, cells)
        values = _values(sheet["rows"], area, majorDimension)
        if request.query_params.get("valueRenderOption", "FORMATTED_VALUE") == "FORMATTED_VALUE":
            values = [[str(value) for value in row] for row in values]
        return {"range": cells, "majorDimension": majorDimension, **({"values": values} if values else {})}

    @routes.put(BASE + "/values/{cells}", name="update")
    async def update(spreadsheet: str, cells: str, request: Request) -> Json:
        option = request.query_params.get("valueInputOption", "")
        return _update(books, spreadsheet, cells, (await request.json())["values"], option)

    @routes.post(BASE + "/values:batchUpdate", name="update")
    async def batch_update(spreadsheet: str, request: Request) -> Json:
        body = await request.json()
        option = body.get("valueInputOption") or ""
        done = [_update(books, spreadsheet, one["range"], one["values"], option) for one in body["data"]]
        return {"spreadsheetId": spreadsheet, "responses": done}

    @routes.post(BASE + "/values/{cells}:append", name="append")
    async def append(spreadsheet: str, cells: str, request: Request) -> Json:
        option = request.query_params.get("valueInputOption", "")
        return _append(books, spreadsheet, cells, (await request.json())["values"], option)


def _denied(request: Request) -> Response | None:
    spreadsheet = request.path_params["spreadsheet"]
    if not bearer_of(request).startswith("ya29."):
        return SheetsError(401, "Request had invalid authentication credentials.").response(request)
    if spreadsheet.startswith("missing"):
        return SheetsError(404, "Requested entity was not found.").response(request)
    if spreadsheet.startswith("private"):
        return SheetsError(403, "The caller does not have permission").response(request)
    return None


def _sheet_or_first(books: Books, spreadsheet: str, title: str = "Sheet1") -> Json:
    found = books.find("sheets", spreadsheet=spreadsheet, title=title)
    return found or _make(books, spreadsheet, title, 1000, 26)


def _make(books: Books, spreadsheet: str, title: str, rows: int, columns: int) -> Json:
    size = {"row_count": rows, "column_count": columns}
    return books.record("sheets", spreadsheet=spreadsheet, title=title, **size, rows=[])


def _properties(sheet: Json) -> Json:
    grid = {"rowCount": sheet["row_count"], "columnCount": sheet["column_count"]}
    return {"sheetId": sheet["number"], "title": sheet["title"], "sheetType": "GRID", "gridProperties": grid}


def _change(books: Books, spreadsheet: str, request: Json) -> Json:
    if "addSheet" in request:
        wanted = request["addSheet"]["properties"]
        if books.find("sheets", spreadsheet=spreadsheet, title=wanted["title"]):
            raise SheetsError(400, f"A sheet with the name {wanted['title']!r} already exists.")
        grid = wanted["gridProperties"]
        made = _make(books, spreadsheet, wanted["title"], grid["rowCount"], grid["columnCount"])
        return {"addSheet": {"properties": _properties(made)}}
    wanted = request["updateSheetProperties"]["properties"]
    sheet = books.find("sheets", spreadsheet=spreadsheet, number=wanted["sheetId"])
    if sheet is None:
        raise SheetsError(400, f"No grid with id: {wanted['sheetId']}")
    sheet["column_count"] = wanted["gridProperties"].get("columnCount", sheet["column_count"])
    return {}


def _find(books: Books, spreadsheet: str, cells: str) -> tuple[Json, Area]:
    named = _RANGE.match(cells)
    title = (named["quoted"] or named["plain"]).replace("''", "'") if named else ""
    sheet = books.find("sheets", spreadsheet=spreadsheet, title=title)
    area = _CELLS.match((named["cells"] or "") if named else "")
    if sheet is None or area is None:
        raise SheetsError(400, f"Unable to parse range: {cells}")
    return sheet, _area(*area.groups())


def _area(column: str, row: str, last_column: str | None, last_row: str | None) -> Area:
    """Top, left, bottom and right, counted from 0; None for a side that is open."""
    one_cell = last_column is None and last_row is None and bool(column)
    bottom = int(row) if one_cell and row else int(last_row) if last_row else None
    right = _column(column) if one_cell else _column(last_column) if last_column else None
    return int(row or 1) - 1, _column(column or "A") - 1, bottom, right


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _values(rows: list[list[Any]], area: Area, dimension: str) -> list[list[Any]]:
    top, left, bottom, right = area
    found = [_trimmed(row[left:right]) for row in rows[top:bottom]]
    if dimension == "COLUMNS":
        width = max((len(row) for row in found), default=0)
        found = [_trimmed([row[place] if place < len(row) else "" for row in found]) for place in range(width)]
    return [list(row) for row in _trimmed(found)]


def _trimmed(values: list[Any]) -> list[Any]:
    """Google leaves out what is empty at the end."""
    while values and values[-1] in ("", []):
        values = values[:-1]
    return values


def _update(books: Books, spreadsheet: str, cells: str, values: list[list[Any]], option: str) -> Json:
    sheet, (top, left, bottom, right) = _find(books, spreadsheet, cells)
    several = ":" in cells.rpartition("!")[2]
    tall, wide = len(values), max((len(row) for row in values), default=0)
    outside = left + wide > sheet["column_count"] or top + tall > sheet["row_count"]
    if outside or (several and ((bottom and top + tall > bottom) or (right and left + wide > right))):
        raise SheetsError(400, f"Requested writing within range [{cells}], but tried writing beyond it.")
    for offset, row in enumerate(values):
        _put(sheet["rows"], top + offset, left, [_kept(value, option) for value in row])
    books.record("writes", operation="update", sheet=sheet["title"], range=cells, rows=values)
    return {"spreadsheetId": spreadsheet, "updatedRange": cells, "updatedRows": tall}


def _append(books: Books, spreadsheet: str, cells: str, values: list[list[Any]], option: str) -> Json:
    sheet, _ = _find(books, spreadsheet, cells)
    rows = [[_kept(value, option) for value in row] for row in values]
    sheet["rows"].extend(rows)
    sheet["row_count"] = max(sheet["row_count"], len(sheet["rows"]))
    books.record("writes", operation="append", sheet=sheet["title"], rows=rows)
    return {"spreadsheetId": spreadsheet, "updates": {"updatedRows": len(rows)}}


def _put(rows: list[list[Any]], number: int, left: int, values: list[Any]) -> None:
    rows.extend([] for _ in range(number + 1 - len(rows)))
    row = rows[number]
    row.extend("" for _ in range(left + len(values) - len(row)))
    row[left : left + len(values)] = values


def _kept(value: Any, option: str) -> Any:
    if option not in {"RAW", "USER_ENTERED"}:
        raise SheetsError(400, "'valueInputOption' is required but not specified")
    if option == "RAW" or not isinstance(value, str):
        return "" if value is None else value
    if value[:1] in {"=", "+"}:
        return {"formula": value}
    return float(value) if re.fullmatch(r"-?\d+(\.\d+)?", value) else value
