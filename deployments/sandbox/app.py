"""The sandbox: every outside service on one local port, one simulator per file."""

import importlib
import pkgutil
from typing import Any

from fastapi import FastAPI, HTTPException

from deployments import sandbox
from deployments.sandbox.books import Books
from deployments.sandbox.faults import Fault, Faults

CORE = {"app", "books", "carriage", "deliveries", "faults", "journeys", "oauth", "packing"}


def create_app(seed: int = 0) -> FastAPI:
    """All simulators, each under its own name (`/shopify/…`), the books at `/books`, faults by POST `/faults`.

    A simulator is a module with `router(books) -> APIRouter` whose routes are FaultyRoutes named by operation.
    """
    app = FastAPI(title="OrderFlow sandbox", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.faults = Faults(seed)
    app.state.books = {}
    for name in simulator_names():
        books = app.state.books[name] = Books(name)
        module = importlib.import_module(f"{sandbox.__name__}.{name}")
        app.include_router(module.router(books), prefix=f"/{name}")
    _add_controls(app)
    return app


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
