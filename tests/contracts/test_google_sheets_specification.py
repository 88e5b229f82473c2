"""Every request we send to Google Sheets, held against Google's own discovery document of its version 4."""

import asyncio
import dataclasses
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from contracts.test_report_sinks import PLACES
from fastapi import FastAPI, Request, Response
from google_discovery import Asked, Discovery
from sandbox_server import running_sandbox
from shared_material import shared_path
from specification_table import hold_against

from connectors.protocols import ReportSink
from connectors.registry import build

SPECIFICATION = "sheets.v4.json"
METHODS = {
    "sheets.spreadsheets.get",
    "sheets.spreadsheets.batchUpdate",
    "sheets.spreadsheets.values.get",
    "sheets.spreadsheets.values.update",
    "sheets.spreadsheets.values.batchUpdate",
    "sheets.spreadsheets.values.append",
}
COLUMNS = ("key", "figure", "value")


@pytest.fixture(scope="module")
def discovery() -> Discovery:
    return Discovery(json.loads(shared_path(f"contracts/google-sheets/{SPECIFICATION}").read_bytes()))


@pytest.fixture(scope="module")
def requests(discovery: Discovery, tmp_path_factory: pytest.TempPathFactory) -> list[Asked]:
    """What gspread says for us while a sheet is made, filled, written over and widened."""
    kept: list[Asked] = []
    with running_sandbox() as running:
        keep(running.app, kept)
        variables = PLACES["google_sheets"].variables(running.url, Path())
        asyncio.run(every_verb(build("report_sinks", "google_sheets", variables)))
    return kept


def keep(app: FastAPI, kept: list[Asked]) -> None:
    """Writes every request down before the stand-in answers it."""

    @app.middleware("http")
    async def write_down(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        path = request.scope["raw_path"].decode().removeprefix("/google_sheets")
        query = parse_qs(request.url.query, keep_blank_values=True)
        kept.append(Asked(request.method, path, query, await request.body()))
        return await call_next(request)


async def every_verb(sink: ReportSink) -> None:
    wide = tuple(f"column {number}" for number in range(9))
    await sink.check()
    await sink.upsert("Weekly: Ann's", "key", COLUMNS, [{"key": "1", "figure": "orders", "value": 7}])
    row = {"key": "1", "figure": "orders", "value": None, **dict.fromkeys(wide, 0.5)}
    await sink.upsert("Weekly: Ann's", "key", (*COLUMNS, *wide), [row, {**row, "key": "2", "value": True}])


@pytest.mark.requirement("OF-16")
def test_every_request_is_valid_against_googles_discovery_document(discovery: Discovery, requests: list[Asked]) -> None:
    reached = set()
    for asked in requests:
        method = discovery.method_of(asked) or {"id": f"{asked.verb} {asked.path}"}
        reached.add(method["id"])
        hold_against(SPECIFICATION, "google_sheets", method["id"].removeprefix("sheets."), discovery.faults(asked))
    assert reached == METHODS


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"path": "/v4/spreadsheets/book/values/A1:add"}, "there is no POST"),
        ({"verb": "PATCH"}, "there is no PATCH"),
        ({"query": {"valueInputOption": ["AS_TYPED"]}}, "valueInputOption cannot be 'AS_TYPED'"),
        ({"query": {"inputOption": ["RAW"]}}, "there is no parameter inputOption"),
        ({"query": {"includeValuesInResponse": ["yes"]}}, "includeValuesInResponse cannot be 'yes'"),
        ({"query": {"valueInputOption": ["RAW", "RAW"]}}, "valueInputOption is given 2 times"),
        ({"body": b'{"values": ["a row"]}'}, "$.values[0]: 'a row' is not of type 'array'"),
        ({"body": b'{"rows": [["a"]]}'}, "'rows' was unexpected"),
        ({"body": b'{"rows": null}'}, "'rows' was unexpected"),
        ({"body": b'{"values": [null]}'}, "None is not of type 'array'"),
        ({"body": b'{"values": [["a"]], "majorDimension": "LINES"}'}, "'LINES' is not one of"),
    ],
)
def test_a_request_of_another_shape_would_be_found_out(discovery, requests, change, fault) -> None:
    appended = next(asked for asked in requests if asked.path.endswith(":append"))
    (found,) = discovery.faults(dataclasses.replace(appended, **change))
    assert fault in found


def test_a_read_with_a_body_would_be_found_out(discovery: Discovery, requests: list[Asked]) -> None:
    read = next(asked for asked in requests if asked.verb == "GET")
    assert discovery.faults(dataclasses.replace(read, body=b"{}")) == ["there should be no body"]


def test_a_change_within_a_request_is_looked_into(discovery: Discovery, requests: list[Asked]) -> None:
    made = next(asked for asked in requests if b"addSheet" in asked.body)
    (fault,) = discovery.faults(dataclasses.replace(made, body=made.body.replace(b"rowCount", b"rows")))
    assert "'rows' was unexpected" in fault
