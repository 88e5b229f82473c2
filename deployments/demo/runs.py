"""Starting a deployment by Prefect's REST API and waiting for its run, without importing Prefect."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_fixed

from deployments.demo.progress import NotFinished
from deployments.server.server import Server

ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


def run_to_the_end(server: Server, deployment: str, *, seconds: float) -> str:
    """Runs a deployment to its end and returns the run's id; a run that crashed is started again.

    Raises NotFinished where it fails or takes longer.
    """
    deadline = time.monotonic() + seconds
    with prefect_client(server) as client:
        found = _answer(client, "GET", f"/deployments/name/{deployment_flow(deployment)}/{deployment}")
        run = _one_run(client, found["id"], deadline)
        while run["state_type"] == "CRASHED" and time.monotonic() < deadline:
            run = _one_run(client, found["id"], deadline)
    if run["state_type"] != "COMPLETED":
        raise NotFinished(f"the run of {deployment} is {run['state_type']}: {(run['state'] or {}).get('message')}")
    return str(run["id"])


def _one_run(client: httpx.Client, deployment_id: str, deadline: float) -> dict[str, Any]:
    """One run of the deployment as it stands at its end, or at the deadline."""
    run = _answer(client, "POST", f"/deployments/{deployment_id}/create_flow_run", json={})
    while run["state_type"] not in ENDED and time.monotonic() < deadline:
        time.sleep(0.5)
        run = _answer(client, "GET", f"/flow_runs/{run['id']}")
    return run


@retry(stop=stop_after_attempt(10), wait=wait_fixed(1), retry=retry_if_exception_type(httpx.HTTPError), reraise=True)
def _answer(client: httpx.Client, method: str, path: str, **request: Any) -> dict[str, Any]:
    """The API's answer. Under load the server says 503 while its database is locked; asking again is harmless here."""
    return client.request(method, path, **request).raise_for_status().json()


def deployment_flow(deployment: str) -> str:
    """The flow behind a deployment; each has the flow's name, but for the daily sync."""
    return deployment.removesuffix("-daily")


@contextmanager
def prefect_client(server: Server) -> Generator[httpx.Client]:
    """A client of the server's API, signed in and with the token that guards its writes."""
    user, _, password = server.environment["PREFECT_API_AUTH_STRING"].partition(":")
    name = f"orderflow-{uuid4()}"  # of one client's tokens only the newest holds, and the supervisor asks for its own
    with httpx.Client(base_url=server.environment["PREFECT_API_URL"], auth=(user, password), timeout=30) as client:
        token = client.get("/csrf-token", params={"client": name}).raise_for_status().json()["token"]
        client.headers.update({"Prefect-Csrf-Token": token, "Prefect-Csrf-Client": name})
        yield client
