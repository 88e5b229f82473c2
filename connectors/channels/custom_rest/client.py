"""Talking to a described shop: how calls are signed, and how its lists are read on."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from connectors.channels.custom_rest.description import Access, ListCall
from connectors.channels.custom_rest.settings import CustomRestSettings
from connectors.described.filling import fill, fill_path
from connectors.described.paths import pick, pick_list
from connectors.described.reach import reach_of
from connectors.errors import OutcomeUnknown, Refused
from connectors.transport.http import HttpClient, json_of

MOST_PAGES = 10_000


def shop_http(
    settings: CustomRestSettings, base_url: str, access: Access, transport: httpx.AsyncBaseTransport | None = None
) -> HttpClient:
    """The connection to the shop, signed as its description says."""
    token = settings.token.get_secret_value()
    signed: dict[str, Any] = {}
    if access.kind == "basic":
        signed["auth"] = (settings.user, token)
    elif access.kind == "query":
        signed["auth"] = QueryKey(access.name, token)
    elif access.kind != "none":
        name, value = (access.name, token) if access.kind == "header" else ("Authorization", f"Bearer {token}")
        signed["headers"] = {name: value}
    reach = reach_of(settings.url, transport)
    return HttpClient(settings.code, settings.url or base_url, transport=reach, explain=explain, **signed)


class QueryKey(httpx.Auth):
    """Puts the key into the query of every request."""

    def __init__(self, name: str, key: str) -> None:
        self._name = name
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Any:
        """The request with the key."""
        request.url = request.url.copy_merge_params({self._name: self._key})
        yield request


def explain(response: httpx.Response) -> Refused:
    """What a 4xx means; a shop nobody knows says it in its own way."""
    codes = {401: "credentials", 403: "credentials", 404: "not_found"}
    code = codes.get(response.status_code, f"http_{response.status_code}")
    return Refused(f"answered {response.status_code}: {response.text[:300]}", code=code)


async def every(http: HttpClient, call: ListCall, facts: Mapping[str, Any]) -> AsyncIterator[Any]:
    """Everything of a list, page after page. Raises Refused naming the path at which no list stands."""
    asked: dict[str, Any] | None = _first_page(call, facts)
    for _ in range(MOST_PAGES):
        response = await http.read("GET", fill_path(call.path, facts), params=asked)
        body = json_of(response)
        found = pick_list(body, call.list)
        for each in found:
            yield each
        asked = _next_page(call, asked, response, body) if found else None
        if asked is None:
            return
    raise OutcomeUnknown(f"the list at {call.path} does not end")


def _first_page(call: ListCall, facts: Mapping[str, Any]) -> dict[str, Any]:
    paging = call.paging
    asked = dict(fill(call.query, facts))
    if paging.size_parameter:
        asked[paging.size_parameter] = paging.size
    if paging.kind == "page":
        asked[paging.parameter] = paging.first
    return asked


def _next_page(call: ListCall, asked: dict[str, Any], response: httpx.Response, body: Any) -> dict[str, Any] | None:
    """The query of the next page; None where there is none. Of a link only its query is taken, never its host."""
    paging = call.paging
    if paging.kind == "page":
        return {**asked, paging.parameter: asked[paging.parameter] + 1}
    if paging.kind == "cursor":
        cursor = pick(body, paging.next)
        return {**asked, paging.parameter: cursor} if cursor and cursor != asked.get(paging.parameter) else None
    if paging.kind == "link":
        link = response.links.get("next", {}).get("url", "")
        following = dict(parse_qsl(urlsplit(link).query, keep_blank_values=True))
        return following if following and following != asked else None
    return None
