"""Talking GraphQL with Shopify's Admin API: its three levels of errors, its pages and its budget of points."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import httpx

from connectors.errors import OutcomeUnknown, Refused, TryAgain
from connectors.transport.http import HttpClient, json_of

_Send = Callable[..., Awaitable[httpx.Response]]

_FILES = ("orders.graphql", "fulfillments.graphql", "inventory.graphql", "changes.graphql")
_OPERATION = re.compile(r"^(?:query|mutation) (\w+)", re.MULTILINE)

# Shopify's plans restore 100 points a second and more; used only where an answer does not say.
_RESTORE_RATE = 100.0


@cache
def documents() -> Mapping[str, str]:
    """The text that is sent for each operation, by the operation's name."""
    folder = resources.files("connectors.channels.shopify")
    texts = [folder.joinpath(name).read_text(encoding="utf-8") for name in _FILES]
    return {operation: text for text in texts for operation in _OPERATION.findall(text)}


class AdminGraph:
    """The Admin API of one shop. Operations are named as in the .graphql files beside this module."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    async def read(self, operation: str, **variables: Any) -> Any:
        """The data of a query, repeated on passing failures. Raises TryAgain when the budget of points is used up."""
        return data_of(await self._answer(self._http.read, operation, variables))

    async def write(self, operation: str, **variables: Any) -> Any:
        """The data of a mutation, sent once. What the mutation itself refused is in its `userErrors`."""
        return data_of(await self._answer(self._http.write, operation, variables))

    async def pages(self, operation: str, *path: str, **variables: Any) -> AsyncIterator[Any]:
        """Every node of the connection at `path`, page after page, at the pace the shop's budget allows.

        Raises Refused where the path does not exist: a shop has no such order or location.
        """
        after, more = None, True
        while more:
            body = await self._answer(self._http.read, operation, {**variables, "after": after})
            connection = _at(data_of(body), path)
            for node in connection["nodes"]:
                yield node
            more, after = connection["pageInfo"]["hasNextPage"], connection["pageInfo"]["endCursor"]
            if more:
                await asyncio.sleep(wait_seconds_until_affordable(body))

    async def _answer(self, send: _Send, operation: str, variables: Mapping[str, Any]) -> Any:
        request = {"query": documents()[operation], "operationName": operation, "variables": variables}
        return json_of(await send("POST", "graphql.json", json=request))


def data_of(body: Any) -> Any:
    """The `data` of an answer. Raises TryAgain, Refused or OutcomeUnknown for the errors beside it."""
    if not isinstance(body, dict):
        raise OutcomeUnknown("the answer is not a GraphQL answer")
    errors = body.get("errors")
    if errors:
        raise _error(errors[0] if isinstance(errors, list) else errors, body)
    if not isinstance(body.get("data"), dict):
        raise OutcomeUnknown("the answer has no data")
    return body["data"]


def wait_seconds_until_affordable(body: Mapping[str, Any]) -> float:
    """How long until the shop's budget allows the same query once more, by what the answer says of its cost."""
    cost = (body.get("extensions") or {}).get("cost") or {}
    status = cost.get("throttleStatus") or {}
    missing = float(cost.get("requestedQueryCost") or 0) - float(status.get("currentlyAvailable") or 0)
    return max(0.0, missing) / float(status.get("restoreRate") or _RESTORE_RATE)


def refuse_user_errors(payload: Mapping[str, Any]) -> None:
    """Raises Refused with the first thing a mutation did not accept, although it answered 200."""
    for error in payload.get("userErrors") or ():
        field = ".".join(error.get("field") or ())
        raise Refused(error["message"], field=field, code=(error.get("code") or "user_error").lower())


def explain(response: httpx.Response) -> Refused:
    """What a 4xx of the Admin API means; its body is `{"errors": "…"}` or `{"errors": {…}}`."""
    try:
        reason = str(response.json()["errors"])
    except (ValueError, KeyError, TypeError):
        reason = response.text
    code = "credentials" if response.status_code in {401, 403} else f"http_{response.status_code}"
    return Refused(f"Shopify answered {response.status_code}: {reason[:300]}", code=code)


def _at(data: Any, path: Sequence[str]) -> Any:
    for step in path:
        data = data.get(step)
        if data is None:
            raise Refused("the shop does not know it", field=step, code="not_found")
    return data


def _error(error: Any, body: Mapping[str, Any]) -> Exception:
    if not isinstance(error, dict):
        return Refused(str(error)[:300])
    code = str((error.get("extensions") or {}).get("code") or "refused")
    if code == "THROTTLED":
        wait_seconds = max(1.0, wait_seconds_until_affordable(body))
        return TryAgain("Shopify's budget of points is used up", wait_seconds=wait_seconds, is_told=True)
    if code == "INTERNAL_SERVER_ERROR":
        return OutcomeUnknown("Shopify failed inside")
    field = ".".join(str(step) for step in error.get("path") or ())
    return Refused(str(error.get("message"))[:300], field=field, code=code.lower())
