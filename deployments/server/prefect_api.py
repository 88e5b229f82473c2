"""The few questions we ask a Prefect server without importing Prefect."""

from collections.abc import Mapping
from typing import Any

import httpx

CLIENT = "orderflow"
ANSWER_SECONDS = 5.0


class PrefectApi:
    """One Prefect server, at its /api address. Every method raises httpx.HTTPError where it does not answer."""

    def __init__(self, address: str, auth_string: str) -> None:
        user, _, password = auth_string.partition(":")
        self._client = httpx.Client(base_url=address, auth=(user, password), timeout=ANSWER_SECONDS)
        self._open = httpx.Client(base_url=address, timeout=ANSWER_SECONDS)

    def is_closed_to_strangers(self) -> bool:
        """Whether it refuses a question without the password."""
        return self._open.post("/flows/count", json={}).status_code in {401, 403}

    def settings(self) -> dict[str, Any]:
        """The server's settings, nested as Prefect nests them; secrets are masked."""
        return self._checked(self._client.get("/admin/settings"))

    def deployments(self) -> list[dict[str, Any]]:
        """Every deployment with its schedules."""
        return self._ask("/deployments/filter")

    def workers(self, pool: str) -> list[dict[str, Any]]:
        """The pool's workers, with status ONLINE or OFFLINE."""
        return self._ask(f"/work_pools/{pool}/workers/filter")

    def _ask(self, path: str) -> Any:
        return self._checked(self._client.post(path, json={}, headers=self._csrf_headers()))

    def _csrf_headers(self) -> Mapping[str, str]:
        answer = self._client.get("/csrf-token", params={"client": CLIENT})
        if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:  # the protection is off
            return {}
        return {"Prefect-Csrf-Token": self._checked(answer)["token"], "Prefect-Csrf-Client": CLIENT}

    @staticmethod
    def _checked(response: httpx.Response) -> Any:
        return response.raise_for_status().json()
