"""The few questions we ask a Prefect server without importing Prefect."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

ANSWER_SECONDS = 10.0
LIVE = ["PENDING", "RUNNING", "CANCELLING"]
SOON = timedelta(seconds=10)


class PrefectApi:
    """One Prefect server, at its /api address. Every method raises httpx.HTTPError where it does not answer."""

    def __init__(self, address: str, auth_string: str) -> None:
        user, _, password = auth_string.partition(":")
        self._client = httpx.Client(base_url=address, auth=(user, password), timeout=ANSWER_SECONDS)
        # Of one client's tokens only the newest holds: under a common name the supervisor and a person at the console
        # would take them from each other.
        self._name = f"orderflow-{uuid4()}"
        self._token: Mapping[str, str] = {}
        self._open = httpx.Client(base_url=address, timeout=ANSWER_SECONDS)

    def is_closed_to_strangers(self) -> bool:
        """Whether it refuses a question without the password."""
        return self._open.get("/admin/version").status_code == httpx.codes.UNAUTHORIZED

    def settings(self) -> dict[str, Any]:
        """The server's settings, nested as Prefect nests them; secrets are masked."""
        return self._checked(self._client.get("/admin/settings"))

    def deployments(self) -> list[dict[str, Any]]:
        """Every deployment with its schedules."""
        return self._ask("/deployments/filter")

    def workers(self, pool: str) -> list[dict[str, Any]]:
        """The pool's workers, with status ONLINE or OFFLINE."""
        return self._ask(f"/work_pools/{pool}/workers/filter")

    def live_runs(self, pool: str) -> list[dict[str, Any]]:
        """The pool's pending, running and cancelling runs; `infrastructure_pid` names the process, or is None yet."""
        wanted = {"flow_runs": {"state": {"type": {"any_": LIVE}}}, "work_pools": {"name": {"any_": [pool]}}}
        return self._ask("/flow_runs/filter", wanted)

    def crash(self, run_id: str, message: str) -> None:
        """Marks a run Crashed, whatever it is now. Only for one whose process is gone."""
        state = {"type": "CRASHED", "name": "Crashed", "message": message}
        self._ask(f"/flow_runs/{run_id}/set_state", {"state": state, "force": True})

    def runs_ahead(self, deployment_id: str) -> int:
        """How many runs of the deployment are alive, or are to start now."""
        alive = {"state": {"type": {"any_": LIVE}}}
        soon = {"state": {"type": {"any_": ["SCHEDULED"]}}, "expected_start_time": {"before_": _soon()}}
        deployment = {"id": {"any_": [deployment_id]}}
        return sum(self._ask("/flow_runs/count", {"flow_runs": f, "deployments": deployment}) for f in (alive, soon))

    def start_run(self, deployment_id: str) -> str:
        """Starts one run of the deployment now; returns the run's id."""
        return self._ask(f"/deployments/{deployment_id}/create_flow_run", {"state": {"type": "SCHEDULED"}})["id"]

    def _ask(self, path: str, question: Mapping[str, Any] | None = None) -> Any:
        """The answer. The token is asked for once and again when it no longer holds: making one is a write."""
        self._token = self._token or self._new_token()
        answer = self._client.post(path, json=question or {}, headers=self._token)
        if answer.status_code == httpx.codes.FORBIDDEN:
            self._token = self._new_token()
            answer = self._client.post(path, json=question or {}, headers=self._token)
        return self._checked(answer)

    def _new_token(self) -> Mapping[str, str]:
        answer = self._client.get("/csrf-token", params={"client": self._name})
        if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:  # the protection is off
            return {}
        return {"Prefect-Csrf-Token": self._checked(answer)["token"], "Prefect-Csrf-Client": self._name}

    @staticmethod
    def _checked(response: httpx.Response) -> Any:
        return response.raise_for_status().json()


def _soon() -> str:
    return (datetime.now(UTC) + SOON).isoformat()
