"""A pressed button is kept only if Slack sent it, lately, and only once; the person behind it must be somebody."""

import hashlib
import hmac
import json
import time
from datetime import UTC, datetime
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import text

from connectors.database.session import Database
from connectors.installation import Installation
from connectors.slack_buttons import SlackButtonSettings, verify

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


@pytest.fixture(autouse=True)
def signing_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_SIGNING_SECRET", f"old-secret,{SECRET}")


def body_of(action_id: str = "approve_order", **changes: object) -> bytes:
    action = {"action_id": action_id, "value": "HOLD1", "action_ts": "1700000000.1", "type": "button"} | changes
    payload = {"type": "block_actions", "user": {"id": "U123", "username": "kim"}, "actions": [action]}
    return urlencode({"payload": json.dumps(payload)}).encode()


def headers_of(body: bytes, *, secret: str = SECRET, sent_at: int | None = None) -> dict[str, str]:
    """What Slack's own documentation says a request carries."""
    at = str(int(time.time()) if sent_at is None else sent_at)
    digest = hmac.new(secret.encode(), f"v0:{at}:{body.decode()}".encode(), hashlib.sha256).hexdigest()
    kind = "application/x-www-form-urlencoded"
    return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={digest}", "Content-Type": kind}


def post(served: str, body: bytes, headers: dict[str, str]) -> int:
    return httpx.post(f"{served}/slack/actions", content=body, headers=headers).status_code


def kept(installation: Installation) -> list[tuple[str, str, str]]:
    database = Database(installation.database_address)
    with database.read() as conn:
        rows = conn.execute(text("SELECT presser, answer, hold_id FROM button_press ORDER BY received_at")).all()
    database.close()
    return [tuple(row) for row in rows]


@pytest.mark.requirement("OF-68")
def test_a_press_slack_signed_is_kept_once_however_often_it_comes(served: str, installation: Installation) -> None:
    body = body_of()
    assert [post(served, body, headers_of(body)) for _ in range(3)] == [200, 200, 200]
    assert kept(installation) == [("U123", "approve", "HOLD1")]


def test_the_documented_example_verifies() -> None:
    # The example of Slack's documentation, "Verifying requests from Slack".
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    headers = {
        "x-slack-request-timestamp": "1531420618",
        "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    }
    verify(SlackButtonSettings.load(), headers, body, datetime.fromtimestamp(1531420618, UTC))


@pytest.mark.requirement("OF-162")
def test_a_press_nobody_signed_or_signed_long_ago_is_refused_and_not_kept(
    served: str, installation: Installation
) -> None:
    body = body_of()
    now = int(time.time())
    flipped = headers_of(body) | {"X-Slack-Signature": headers_of(body)["X-Slack-Signature"][:-1] + "x"}
    forged = [
        (body, headers_of(body, secret="another")),
        (body, flipped),
        (body_of("reject_order"), headers_of(body)),
        (body, headers_of(body, sent_at=now - 301)),
        (body, headers_of(body, sent_at=now + 400)),
        (body, headers_of(body) | {"X-Slack-Request-Timestamp": str(now - 1)}),
        (body, headers_of(body) | {"X-Slack-Request-Timestamp": "soon"}),
        (body, {}),
    ]
    assert [post(served, *one) for one in forged] == [401] * len(forged)
    assert kept(installation) == []
    assert post(served, body, headers_of(body, sent_at=now - 290)) == 200


@pytest.mark.parametrize("body", [body_of("open_order"), urlencode({"payload": '{"type": "view_closed"}'}).encode()])
def test_what_asks_for_nothing_is_acknowledged_and_not_kept(
    served: str, installation: Installation, body: bytes
) -> None:
    assert post(served, body, headers_of(body)) == 200
    assert kept(installation) == []


@pytest.mark.parametrize(
    "body", [b"", b"payload=", b"payload=%7B", b"payload=[]", urlencode({"payload": "[" * 99}).encode(), b"\xff=1"]
)
def test_signed_nonsense_is_refused_and_breaks_nothing(served: str, body: bytes) -> None:
    digest = hmac.new(SECRET.encode(), b"v0:%d:" % (at := int(time.time())) + body, hashlib.sha256).hexdigest()
    headers = {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={digest}"}
    assert post(served, body, headers) == 400


def test_without_a_signing_secret_nothing_is_taken(served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLACK_SIGNING_SECRET")
    body = body_of()
    assert post(served, body, headers_of(body)) == 503
