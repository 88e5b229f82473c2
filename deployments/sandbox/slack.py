"""A stand-in of Slack: chat.postMessage, chat.update and incoming webhooks, as strict about blocks as the real one.

Books: `messages` with channel, text, blocks, the sender's key, the thread they are in, how often they were edited, and
the broadcasts (@channel, @here) they would cause. Operations for faults: `send`, `update`, `check`. A bot's token
begins with "xoxb-"; a channel named #missing… does not exist. An update wants the channel's id, not its name.
"""

import itertools
import json
import re
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from deployments.sandbox.books import Books
from deployments.sandbox.faults import FaultyRoute

MAX_BLOCKS = 50
CHANNEL_ID = "C024BE91L"
_BROADCAST = re.compile(r"<!(channel|here|everyone)(\|[^>]*)?>|<@[UW][A-Z0-9]+>")
_BLOCK_TYPES = {"header", "section", "context", "actions", "divider"}

Json = dict[str, Any]


def router(books: Books) -> APIRouter:
    """The two ways a message arrives."""
    routes = APIRouter(route_class=FaultyRoute)
    clock = itertools.count(1_700_000_000)
    _add_edits(routes, books)

    @routes.post("/services/{team}/{app}/{secret}", name="send")
    async def incoming_webhook(team: str, app: str, secret: str, request: Request) -> Response:
        body = await _json(request)
        problem = _problem(body)
        if secret == "revoked" or request.state.fault == "error_inside":  # noqa: S105 - a path segment of the stand-in
            return PlainTextResponse("no_service", 404)
        if problem:
            return PlainTextResponse(problem, 400)
        _record(books, f"webhook:{team}/{app}", body, f"{next(clock)}.000100")
        return PlainTextResponse("ok")

    @routes.post("/api/chat.postMessage", name="send")
    async def post_message(request: Request) -> Response:
        body = await _json(request)
        problem = _token_problem(request) or _channel_problem(body) or _thread_problem(books, body) or _problem(body)
        if request.state.fault == "error_inside":
            problem = "channel_not_found"
        if problem:
            return JSONResponse({"ok": False, "error": problem})
        row = _record(books, body["channel"], body, f"{next(clock)}.000100")
        return JSONResponse({"ok": True, "channel": CHANNEL_ID, "ts": row["ts"], "message": {"text": row["text"]}})

    return routes


async def _who_am_i(request: Request) -> Response:
    if problem := _token_problem(request):
        return JSONResponse({"ok": False, "error": problem})
    return JSONResponse({"ok": True, "team": "Sandbox", "user": "orderflow", "team_id": "T1", "user_id": "U1"})


def _add_edits(routes: APIRouter, books: Books) -> None:
    @routes.post("/api/chat.update", name="update")
    async def update(request: Request) -> Response:
        body = await _json(request)
        row = books.find("messages", ts=body.get("ts", ""))
        problem = _token_problem(request) or ("" if body.get("channel") == CHANNEL_ID else "channel_not_found")
        problem = problem or ("" if row else "message_not_found") or _problem(body)
        if request.state.fault == "error_inside":
            problem = "cant_update_message"
        if problem or row is None:
            return JSONResponse({"ok": False, "error": problem})
        row.update(text=body.get("text", ""), blocks=body.get("blocks", []), edits=row["edits"] + 1)
        return JSONResponse({"ok": True, "channel": CHANNEL_ID, "ts": row["ts"], "text": row["text"]})

    routes.add_api_route("/api/auth.test", _who_am_i, methods=["POST"], name="check", response_model=None)


async def _json(request: Request) -> Json:
    try:
        body = json.loads(await request.body())
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _record(books: Books, channel: str, body: Json, ts: str) -> Json:
    return books.record(
        "messages",
        channel=channel,
        ts=ts,
        text=body.get("text", ""),
        blocks=body.get("blocks", []),
        thread=body.get("thread_ts", ""),
        shown_in_channel=not body.get("thread_ts") or body.get("reply_broadcast") is True,
        edits=0,
        key=body.get("metadata", {}).get("event_payload", {}).get("key", ""),
        broadcasts=[match.group() for text in _markup(body) for match in _BROADCAST.finditer(text)],
    )


def _markup(node: Any) -> list[str]:
    """Every text of the message that Slack would search for mentions: all but plain_text objects."""
    if isinstance(node, str):
        return [node]
    if isinstance(node, list):
        return [text for item in node for text in _markup(item)]
    if isinstance(node, dict) and node.get("type") != "plain_text":
        return [text for name, item in node.items() if name not in {"type", "url"} for text in _markup(item)]
    return []


def _token_problem(request: Request) -> str:
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    return "not_authed" if not token else "" if token.startswith("xoxb-") else "invalid_auth"


def _channel_problem(body: Json) -> str:
    channel = str(body.get("channel", ""))
    return "channel_not_found" if not channel or channel.lstrip("#").startswith("missing") else ""


def _thread_problem(books: Books, body: Json) -> str:
    thread = body.get("thread_ts")
    return "thread_not_found" if thread and not books.find("messages", ts=thread) else ""


def _problem(body: Json) -> str:
    if not body:
        return "invalid_payload"
    if not body.get("text") and not body.get("blocks"):
        return "no_text"
    blocks = body.get("blocks") or []
    fine = len(blocks) <= MAX_BLOCKS and all(_block_is_valid(block) for block in blocks)
    return "" if fine and _action_ids_differ(blocks) else "invalid_blocks"


def _block_is_valid(block: Json) -> bool:
    kind, text = block.get("type"), block.get("text")
    if kind == "header":
        return _text_fits(text, 150, {"plain_text"})
    if kind == "section":
        fields = block.get("fields") or []
        fits = len(fields) <= 10 and all(_text_fits(field, 2000) for field in fields)
        return fits and bool(text or fields) and (text is None or _text_fits(text, 3000))
    if kind == "context":
        elements = block.get("elements") or []
        return 1 <= len(elements) <= 10 and all(_text_fits(element, 2000) for element in elements)
    if kind == "actions":
        elements = block.get("elements") or []
        return 1 <= len(elements) <= 25 and all(_button_is_valid(element) for element in elements)
    return kind in _BLOCK_TYPES


def _text_fits(text: Any, limit: int, kinds: frozenset[str] | set[str] = frozenset({"plain_text", "mrkdwn"})) -> bool:
    return isinstance(text, dict) and text.get("type") in kinds and 1 <= len(str(text.get("text", ""))) <= limit


def _button_is_valid(button: Json) -> bool:
    fits = _text_fits(button.get("text"), 75, {"plain_text"}) and len(str(button.get("url", ""))) <= 3000
    return button.get("type") == "button" and fits and len(str(button.get("action_id", ""))) <= 255


def _action_ids_differ(blocks: list[Json]) -> bool:
    ids = [e["action_id"] for block in blocks for e in block.get("elements", []) if e.get("action_id")]
    return len(ids) == len(set(ids))
