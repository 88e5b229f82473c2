"""Magento's REST API: how it is searched, its errors, and both ways of signing in."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple

import httpx

from connectors.channels.magento.settings import MagentoSettings
from connectors.errors import NotConfigured, OutcomeUnknown, Refused
from connectors.protocols import Document
from connectors.transport.access_tokens import BearerAuth, KeptToken, Token, fetch_token
from connectors.transport.http import HttpClient, json_of

PAGE_SIZE = 200


class Filter(NamedTuple):
    """One condition of a search, like `sku in A,B`."""

    field: str
    condition: str
    value: str


class MagentoRest:
    """The REST API of one shop. Errors are those of HttpClient."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    async def get(self, path: str) -> Any:
        """Reads one thing."""
        return json_of(await self._http.read("GET", path))

    async def post(self, path: str, content: Document) -> Any:
        """Changes something, once."""
        return json_of(await self._http.write("POST", path, json=content))

    async def search(self, path: str, *filters: Filter) -> AsyncIterator[Document]:
        """Everything that is found. Beyond its end Magento shows the last page again: the total says when to stop."""
        page, seen = 1, 0
        while True:
            body = json_of(await self._http.read("GET", path, params=_criteria(filters, page)))
            if not isinstance(body, dict) or not isinstance(body.get("items") or [], list):
                raise OutcomeUnknown(f"the shop's list of {path} is not a list")
            items = body.get("items") or []
            for each in items:
                yield each
            page, seen = page + 1, seen + len(items)
            if not items or seen >= int(body["total_count"]):
                return


def shop_http(settings: MagentoSettings, transport: httpx.AsyncBaseTransport | None = None) -> HttpClient:
    """The connection to the shop, signed with its integration's token or with one that Adobe hands out.

    Raises NotConfigured where there is neither a token nor a client.
    """
    token = settings.access_token.get_secret_value()
    if token:
        headers = {"Authorization": f"Bearer {token}"}
        return HttpClient("magento", settings.api_url, headers=headers, explain=explain, transport=transport)
    if not settings.client_id:
        raise NotConfigured("MAGENTO_ACCESS_TOKEN", needed_by="magento")
    login = HttpClient("magento", settings.login_url, transport=transport)
    form = {
        "grant_type": "client_credentials",
        "client_id": settings.client_id,
        "client_secret": settings.client_secret.get_secret_value(),
        "scope": settings.scope,
    }
    kept = KeptToken(lambda: fetch_token(login, "ims/token/v3", Token, data=form))
    return HttpClient("magento", settings.api_url, auth=BearerAuth(kept), explain=explain, transport=transport)


def explain(response: httpx.Response) -> Refused:
    """What a 4xx means: `{"message": "%1 is wrong", "parameters": ["…"] or {…}}`."""
    try:
        body = response.json()
        message, parameters = str(body["message"]), body.get("parameters") or {}
    except (ValueError, KeyError, TypeError, AttributeError):
        message, parameters = response.text, {}
    named = parameters.items() if isinstance(parameters, dict) else enumerate(parameters, start=1)
    for name, text in named:
        message = message.replace(f"%{name}", str(text))
    codes = {401: "credentials", 403: "credentials", 404: "not_found"}
    return Refused(message[:300], code=codes.get(response.status_code, f"http_{response.status_code}"))


def _criteria(filters: Sequence[Filter], page: int) -> dict[str, Any]:
    criteria: dict[str, Any] = {"searchCriteria[pageSize]": PAGE_SIZE, "searchCriteria[currentPage]": page}
    for group, each in enumerate(filters):
        place = f"searchCriteria[filterGroups][{group}][filters][0]"
        criteria |= {f"{place}[field]": each.field, f"{place}[conditionType]": each.condition}
        criteria[f"{place}[value]"] = each.value
    return criteria
