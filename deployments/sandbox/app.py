"""The sandbox: every outside service on one local port, one simulator per file."""

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException
from starlette.types import Receive, Scope, Send

from deployments import sandbox
from deployments.sandbox.books import Books
from deployments.sandbox.faults import Fault, Faults

CORE = {"app", "books", "carriage", "deliveries", "doors", "faults", "journeys", "oauth", "packing"}


def create_app(seed: int = 0) -> FastAPI:
    """All simulators, each under its own name (`/shopify/…`), the books at `/books`, faults by POST `/faults`.

    A simulator is a module with `router(books) -> APIRouter` whose routes are FaultyRoutes named by operation.
    """
    app = FastAPI(title="OrderFlow sandbox", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.faults = Faults(seed)
    app.state.books = {}
    services: dict[str, APIRouter] = {}
    for name in simulator_names():
        books = app.state.books[name] = Books(name)
        module = importlib.import_module(f"{sandbox.__name__}.{name}")
        services[name] = APIRouter()
        services[name].include_router(module.router(books), prefix=f"/{name}")
    _add_controls(app)
    app.mount("/", Switchboard(services))
    return app


class Switchboard:
    """Leads a request to the service its address names.

    In one list of all services every request would be held against two hundred routes, which was half of its cost.
    """

    def __init__(self, services: Mapping[str, APIRouter]) -> None:
        self._services = services
        self._nobody = APIRouter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on; an address that names no service is not found."""
        service = self._services.get(scope["path"].split("/")[1], self._nobody)
        await service(scope, receive, send)


def settings_for(url: str) -> dict[str, str]:
    """The environment variables that lead connectors to the sandbox at this address.

    Those of the simulators that say them: a module's `SETTINGS`, with "{url}" where the address belongs.
    """
    modules = (importlib.import_module(f"{sandbox.__name__}.{name}") for name in simulator_names())
    said = (pair for module in modules for pair in getattr(module, "SETTINGS", {}).items())
    return {variable: text.format(url=url) for variable, text in said}


def simulator_names() -> list[str]:
    """The services that have a simulator, in name order."""
    return sorted(info.name for info in pkgutil.iter_modules(sandbox.__path__) if info.name not in CORE)


def _add_controls(app: FastAPI) -> None:
    @app.get("/books")
    def all_books() -> dict[str, Any]:
        return {name: books.dump() for name, books in app.state.books.items()}

    @app.get("/books/{service}")
    def books_of(service: str) -> dict[str, Any]:
        if service not in app.state.books:
            raise HTTPException(404, f"no simulator {service!r}; there are {', '.join(app.state.books)}")
        return app.state.books[service].dump()

    @app.post("/faults", status_code=201)
    def plan_fault(fault: Fault) -> dict[str, str]:
        try:
            app.state.faults.plan(fault)
        except ValueError as error:
            raise HTTPException(422, str(error)) from error
        return {"planned": fault.mode}

    @app.delete("/faults")
    def behave() -> dict[str, str]:
        app.state.faults.clear()
        return {"planned": "nothing"}
