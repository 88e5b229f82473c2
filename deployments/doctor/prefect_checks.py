"""What is looked at on the Prefect server: reachable, closed, set up as shipped, deployments and schedules active."""

import os
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from deployments.doctor.check import Check, fine, problem, warning
from deployments.home import Home
from deployments.server.prefect_api import PrefectApi
from deployments.server.prefect_settings import WORK_POOL, auth_string

# Where the settings that are shipped stand in the server's own answer, and what they must be.
SHIPPED: Mapping[str, Any] = {
    "server.services.task_run_recorder.batch_size": 200,
    "server.services.task_run_recorder.read_batch_size": 200,
    "server.services.task_run_recorder.flush_interval": 1.0,
    "server.services.event_persister.batch_size": 200,
    "server.services.event_persister.read_batch_size": 200,
    "server.services.db_vacuum.enabled": ["events", "flow_runs"],
    "server.events.retention_period": "P1D",
    "server.api.csrf_protection_enabled": True,
    "server.analytics_enabled": False,
    "server.ui.show_promotional_content": False,
}
OPEN_TO_ALL = "*"


def prefect_checks(home: Home) -> Iterator[Check]:
    """Every check of the server at PREFECT_API_URL, else of the one `orderflow up` starts."""
    address = os.environ.get("PREFECT_API_URL", f"{home.prefect_address}/api")
    api = PrefectApi(address, os.environ.get("PREFECT_API_AUTH_STRING") or auth_string(home))
    try:
        yield _closed(api)
        yield from _settings(api.settings())
        yield from _deployments(api.deployments())
        yield _workers(api.workers(WORK_POOL))
    except httpx.HTTPError as error:
        yield problem("Prefect server", f"no answer from {address}: {error}", "run `orderflow up`")


def differing_settings(settings: Mapping[str, Any]) -> list[str]:
    """The shipped settings the server has otherwise, as "path is X, should be Y"."""
    found = {path: _at(settings, path) for path in SHIPPED}
    return [
        f"{path} is {found[path]}, should be {wanted}"
        for path, wanted in SHIPPED.items()
        if _comparable(found[path]) != _comparable(wanted)
    ]


def _closed(api: PrefectApi) -> Check:
    if api.is_closed_to_strangers():
        return fine("Prefect server", "reachable, asks for its password")
    remedy = "set PREFECT_SERVER_API_AUTH_STRING; `orderflow up` does"
    return problem("Prefect server", "answers anybody without a password", remedy)


def _settings(settings: Mapping[str, Any]) -> Iterator[Check]:
    different = differing_settings(settings)
    if different:
        yield warning("Prefect settings", "; ".join(different), "start it with `orderflow up`, or set them yourself")
    else:
        yield fine("Prefect settings", f"{len(SHIPPED)} are as shipped")
    if _at(settings, "server.api.cors_allowed_origins") == OPEN_TO_ALL:
        yield warning("Prefect origins", "pages of any site may ask it", "set PREFECT_SERVER_CORS_ALLOWED_ORIGINS")


def _deployments(deployments: list[dict[str, Any]]) -> Iterator[Check]:
    if not deployments:
        yield problem("deployments", "there are none", "run `orderflow workflows:activate`")
        return
    paused = [item["name"] for item in deployments if item["paused"]]
    silent = [item["name"] for item in deployments if not all(s["active"] for s in item["schedules"])]
    if paused or silent:
        found = f"paused or with a schedule switched off: {', '.join(sorted({*paused, *silent}))}"
        yield warning("deployments", found, "run `orderflow workflows:activate`")
    else:
        scheduled = sum(bool(item["schedules"]) for item in deployments)
        yield fine("deployments", f"{len(deployments)} active, {scheduled} of them on a schedule")


def _workers(workers: list[dict[str, Any]]) -> Check:
    online = [item["name"] for item in workers if item["status"] == "ONLINE"]
    if online:
        return fine("Prefect workers", f"online: {', '.join(online)}")
    return problem("Prefect workers", "none is online, so no flow runs", "run `orderflow up`")


def _at(settings: Mapping[str, Any], path: str) -> Any:
    found: Any = settings
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _comparable(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value
