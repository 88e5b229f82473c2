"""Starting a deployment by Prefect's REST API and waiting for its run, without importing Prefect."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import httpx
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_fixed

from deployments.demo.progress import NotFinished
from deployments.server.server import Server

ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


def run_to_the_end(server: Server, deployment: str, *, seconds: float) -> str:
    """Runs a deployment once and returns its run's id. Raises NotFinished where it fails or takes longer."""
    with prefect_client(server) as client:
        found = _answer(client, "GET", f"/deployments/name/{deployment_flow(deployment)}/{deployment}")
        run = _answer(client, "POST", f"/deployments/{found['id']}/create_flow_run", json={})
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            run = _answer(client, "GET", f"/flow_runs/{run['id']}")
            if run["state_type"] in ENDED:
                break
            time.sleep(0.5)
    if run["state_type"] != "COMPLETED":
        raise NotFinished(f"the run of {deployment} is {run['state_type']}: {(run['state'] or {}).get('message')}")
    return str(run["id"])


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
    with httpx.Client(base_url=server.environment["PREFECT_API_URL"], auth=(user, password), timeout=30) as client:
        token = client.get("/csrf-token", params={"client": "orderflow"}).raise_for_status().json()["token"]
        client.headers.update({"Prefect-Csrf-Token": token, "Prefect-Csrf-Client": "orderflow"})
        yield client
