"""What we post to Slack beside what its official SDK posts; Slack publishes no OpenAPI document of these methods.

The method, the address, the headers and the types of the fields are held against recordings of that SDK. A field it
was not recorded with must be a parameter the SDK has for the same call. `auth.test` was not recorded and has no row.
"""

import asyncio
import inspect
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from shared_material import shared_path
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient
from specification_table import hold_against

from connectors.notifiers.slack import Slack, SlackSettings
from connectors.protocols import Message

BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "hi"}}]
CARD: dict[str, Any] = {
    "key": "order-1/card",
    "recipient": "C1",
    "subject": "Order 1",
    "text": "t",
    "data": {"blocks": BLOCKS},
}
CALLS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "/api/chat.postMessage": (WebClient.chat_postMessage, {}),
    "/api/chat.postMessage in a thread": (WebClient.chat_postMessage, {"in_reply_to": "C1:1", "for_everyone": True}),
    "/api/chat.update": (WebClient.chat_update, {"replaces": "C1:1"}),
    "/services/T/B/x": (WebhookClient.send, {}),
}


@dataclass
class Heard:
    """One request as it came over the wire."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


class Listener(BaseHTTPRequestHandler):
    """Writes down what is posted and says that it was taken."""

    heard: list[Heard] = []

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.heard.append(Heard(self.path, headers, json.loads(content)))
        answer = b'{"ok": true, "channel": "C1", "ts": "1"}' if "/api/" in self.path else b"ok"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing on the console."""


@pytest.fixture(scope="module")
def ours() -> Iterator[dict[str, Heard]]:
    """Our requests by call, as they came over the wire."""
    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        bot = Slack(SlackSettings.load({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_BASE_URL": f"{url}/api/"}))
        hook = Slack(SlackSettings.load({"SLACK_WEBHOOK_URL": f"{url}/services/T/B/x"}))
        for call, (_, changes) in CALLS.items():
            asyncio.run((bot if "/api/" in call else hook).send(Message(**CARD | changes)))
        server.shutdown()
    yield dict(zip(CALLS, Listener.heard, strict=True))


@pytest.fixture(scope="module")
def sdk() -> dict[str, dict[str, Any]]:
    """The SDK's requests by path, as they were recorded."""
    recordings = json.loads(shared_path("contracts/sdk-wire-recordings.json").read_bytes())
    return {recording["path"]: recording for recording in recordings if recording["sdk"] == "slack"}


def faults_of(body: dict[str, Any], recorded: dict[str, Any], parameters: set[str]) -> Iterator[str]:
    yield from (f"the SDK has no {name}" for name in sorted(body.keys() - recorded.keys() - parameters))
    yield from (f"the SDK also sends {name}" for name in sorted(recorded.keys() - body.keys()))
    for name in sorted(body.keys() & recorded.keys()):
        if type(body[name]) is not type(recorded[name]):
            yield f"{name} is {type(body[name]).__name__}, recorded: {type(recorded[name]).__name__}"


def parameters_of(call: str) -> set[str]:
    return set(inspect.signature(CALLS[call][0]).parameters) - {"self", "kwargs", "headers"}


@pytest.mark.requirement("OF-16")
@pytest.mark.parametrize("call", CALLS)
def test_we_speak_to_slack_as_its_own_sdk_does(ours, sdk, call) -> None:
    request, recorded = ours[call], sdk[call.split()[0]]
    headers = {name.lower(): value for name, value in recorded["headers"].items()}
    assert (request.path, "POST") == (recorded["path"], recorded["method"])
    assert request.headers["content-type"] == headers["content-type"]
    assert request.headers.get("authorization", "")[:12] == headers.get("authorization", "")[:12]
    faults = faults_of(request.body, json.loads(recorded["body"]), parameters_of(call))
    hold_against("recordings and parameters of its SDK", "slack", f"POST {call}", faults)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"thread": "1"}, "the SDK has no thread"),
        ({"text": 1}, "text is int, recorded: str"),
        ({"blocks": {}}, "blocks is dict, recorded: list"),
    ],
)
def test_a_post_of_another_shape_would_be_found_out(ours, sdk, changes, fault) -> None:
    call = "/api/chat.postMessage"
    spoilt = ours[call].body | changes
    assert fault in list(faults_of(spoilt, json.loads(sdk[call]["body"]), parameters_of(call)))
