"""The sandbox as a process of its own, and the settings that lead our connectors to it."""

import contextlib
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from deployments.demo.carrier_variables import carrier_variables
from deployments.demo.partner_variables import partner_variables
from deployments.home import LOOPBACK
from deployments.server.process import Program, SupervisedProcess

WEBHOOK_SECRET = "demo-webhook-secret"  # noqa: S105 - known to both sides of a stand-in, protects nothing
SIGNING_SECRET = "whsec_ZGVtby1zaWduaW5nLXNlY3JldC0wMQ=="  # noqa: S105 - likewise


class SandboxServer:
    """All simulators on one port, with what the demonstration needs of them."""

    def __init__(self, port: int, log_file: Path, environment: Mapping[str, str], seed: int = 0) -> None:
        self.address = f"http://{LOOPBACK}:{port}"
        factory = ("-m", "uvicorn", "deployments.sandbox.app:create_app", "--factory", "--host", LOOPBACK)
        quiet = ("--port", str(port), "--no-access-log", "--log-level", "warning")
        self._process = SupervisedProcess(Program("sandbox", (*factory, *quiet), log_file), environment)
        self._client = httpx.Client(base_url=self.address, timeout=120)

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid

    def __enter__(self) -> Self:
        self._process.start()
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                self._client.get("/books/slack")
                return self
            time.sleep(0.2)
        raise RuntimeError(f"the sandbox did not start:\n{self._process.last_words()}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()
        self._process.ask_to_stop()
        self._process.wait_until_stopped(5)

    def books(self, service: str) -> dict[str, list[dict[str, Any]]]:
        """One service's own books."""
        return self._client.get(f"/books/{service}").raise_for_status().json()

    def control(self, service: str, what: str, **request: Any) -> Any:
        """Tells a simulator what its world looks like: "_orders", "_stock"."""
        answer = self._client.post(f"/{service}/{what}", json=request)
        if answer.is_error:
            raise RuntimeError(f"the sandbox refuses {service}/{what}: {answer.status_code} {answer.text[:500]}")
        return answer.json()

    def variables(self) -> dict[str, str]:
        """The environment that makes every connector talk to this sandbox, with made-up credentials."""
        at = self.address
        return {
            "SHOPIFY_API_KEY": "demo-key",
            "SHOPIFY_API_PASSWORD": "shpat_demo",
            "SHOPIFY_STORE_URL": f"{at}/shopify",
            "SHOPIFY_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "WOOCOMMERCE_URL": f"{at}/woocommerce",
            "WOOCOMMERCE_CONSUMER_KEY": "ck_demo",
            "WOOCOMMERCE_CONSUMER_SECRET": "cs_demo",
            "WOOCOMMERCE_WEBHOOK_SECRET": WEBHOOK_SECRET,
            **carrier_variables(at),
            **partner_variables(at),
            "SLACK_BOT_TOKEN": "xoxb-demo",
            "SLACK_BASE_URL": f"{at}/slack/api/",
            "SENDGRID_API_KEY": "SG.demo",
            "SENDGRID_FROM_EMAIL": "shop@example.com",
            "SENDGRID_BASE_URL": f"{at}/sendgrid",
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": "TEST_sandbox",
            "TWILIO_FROM_NUMBER": "+12125550199",
            "TWILIO_BASE_URL": f"{at}/twilio",
            "GOOGLE_SHEETS_SPREADSHEET_ID": "demo-spreadsheet",
            "GOOGLE_SHEETS_TOKEN": "ya29.demo",
            "GOOGLE_SHEETS_BASE_URL": f"{at}/google_sheets",
            "WEBHOOK_SIGNING_SECRET": SIGNING_SECRET,
            "ORDERFLOW_ALLOW_PRIVATE_WEBHOOKS": "1",
        }


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]
