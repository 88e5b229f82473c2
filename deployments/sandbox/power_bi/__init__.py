"""A stand-in of Power BI's push datasets.

Books: `rows` (dataset, table, and the row as pushed). Operations for faults: `token`, `check`, `push`. A dataset named
"missing" does not exist. As the real one it appends whatever comes and knows no key.
"""

import json
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from deployments.sandbox.books import Books
from deployments.sandbox.doors import are_credentials
from deployments.sandbox.faults import FaultyRoute
from deployments.sandbox.oauth import TokenDesk, form_of

MAX_ROWS = 10_000
MAX_COLUMNS = 75
SCOPE = "https://analysis.windows.net/powerbi/api/.default"


def router(books: Books) -> APIRouter:
    """The login's desk, and the datasets of My workspace and of groups."""
    routes, desk = APIRouter(route_class=FaultyRoute), TokenDesk()

    @routes.post("/{tenant}/oauth2/v2.0/token", name="token")
    async def token(tenant: str, request: Request) -> Response:
        form = await form_of(request)
        known = are_credentials(tenant, form.get("client_id"), form.get("client_secret"))
        if not known or form.get("scope") != SCOPE or form.get("grant_type") != "client_credentials":
            return JSONResponse({"error": "invalid_client"}, 401)
        return JSONResponse({"token_type": "Bearer", "expires_in": 3599, "access_token": desk.issue()})

    async def seen(dataset: str, request: Request) -> Response:
        return _problem(desk, dataset, request) or JSONResponse({"id": dataset, "addRowsAPIEnabled": True})

    async def push(dataset: str, table: str, request: Request) -> Response:
        problem = _problem(desk, dataset, request)
        if problem:
            return problem
        if request.state.fault == "error_inside":
            return _error(400, "RequestedTableNotFound")
        rows = _rows(await request.body())
        if rows is None:
            return _error(400, "InvalidRequest")
        for row in rows:
            books.record("rows", dataset=dataset, table=table, row=row)
        return Response(status_code=200)

    for start in ("/v1.0/myorg", "/v1.0/myorg/groups/{group}"):
        routes.get(f"{start}/datasets/{{dataset}}", name="check")(seen)
        routes.post(f"{start}/datasets/{{dataset}}/tables/{{table}}/rows", name="push")(push)
    return routes


def _problem(desk: TokenDesk, dataset: str, request: Request) -> Response | None:
    if not desk.admits(request):
        return _error(403, "TokenExpired")
    return _error(404, "PowerBIEntityNotFound") if dataset == "missing" else None


def _rows(body: bytes) -> list[dict[str, Any]] | None:
    """The rows of a request Power BI would take; None for any other."""
    try:
        rows = json.loads(body)["rows"]
    except (ValueError, LookupError, TypeError):
        return None
    fits = isinstance(rows, list) and 0 < len(rows) <= MAX_ROWS
    return rows if fits and all(isinstance(row, dict) and len(row) <= MAX_COLUMNS for row in rows) else None


def _error(status: int, code: str) -> Response:
    return JSONResponse({"error": {"code": code}}, status)
