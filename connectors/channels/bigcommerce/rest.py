"""BigCommerce's REST API: version 2 for orders and shipments, version 3 for all else, and one budget of requests.

A list of version 2 is bare and its empty page is 204; one of version 3 stands in `data` beside `meta.pagination`. All
apps of a store share its requests; the headers say how many are left and when there are new ones.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

import httpx

from connectors.errors import OutcomeUnknown, Refused
from connectors.protocols import Document
from connectors.transport.http import HttpClient, json_of

PER_PAGE = 250
# Other apps of the store need requests as well; the last ones are left to them.
REQUESTS_LEFT_TO_OTHERS = 2
_SECOND = timedelta(seconds=1)


class BigRest:
    """The API of one store. Errors are those of HttpClient."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    async def get(self, path: str, **parameters: Any) -> Any:
        """Reads one thing; None where there is none (204)."""
        response = await self._http.read("GET", path, params=parameters)
        return None if response.status_code == 204 else json_of(response)

    async def send(self, method: str, path: str, content: Mapping[str, Any]) -> Any:
        """Changes one thing, once; returns what the store says of it."""
        return json_of(await self._http.write(method, path, json=dict(content)))

    async def every(self, path: str, **parameters: Any) -> AsyncIterator[Document]:
        """All things of a list of version 3."""
        page, pages = 1, 1
        while page <= pages:
            response = await self._http.read("GET", path, params={"page": page, "limit": PER_PAGE, **parameters})
            body = json_of(response)
            for each in body["data"]:
                yield each
            page, pages = page + 1, body["meta"]["pagination"]["total_pages"]
            await _pause(response, more=page <= pages)

    async def changed_orders(self, since: datetime) -> AsyncIterator[Document]:
        """All orders changed at or after `since`, oldest change first, each version once.

        What changes while we read moves to the end and lets the rest of the list slip by one, so each page starts anew
        at the last change seen; a page number is used only within one second's changes.
        """
        seen: set[tuple[Any, Any]] = set()
        after, page = since.astimezone(UTC), 1
        while True:
            query = {"min_date_modified": format_datetime(after), "sort": "date_modified:asc"}
            response = await self._http.read("GET", "v2/orders", params={**query, "page": page, "limit": PER_PAGE})
            found = [] if response.status_code == 204 else json_of(response)
            for each in found:
                if (version := (each["id"], each["date_modified"])) not in seen:
                    seen.add(version)
                    yield each
            if len(found) < PER_PAGE:
                return
            last = parsedate_to_datetime(found[-1]["date_modified"])
            after, page = (last, 1) if last - after >= _SECOND else (after, page + 1)
            await _pause(response, more=True)

    async def of_order(self, order_id: str, part: str) -> list[Document]:
        """All of an order's products, shipping addresses or shipments."""
        found: list[Document] = []
        page = 1
        while page_of := await self.get(f"v2/orders/{order_id}/{part}", page=page, limit=PER_PAGE):
            found += page_of
            if len(page_of) < PER_PAGE:
                break
            page += 1
        return found


def explain(response: httpx.Response) -> Refused:
    """What a 4xx means: `[{"status", "message"}]` in version 2, `{"title", "errors": {field: reason}}` in 3."""
    try:
        body = response.json()
        first = body[0] if isinstance(body, list) else body
        errors = first.get("errors") or {}
        message = str(first.get("message") or first.get("title") or "")
    except (ValueError, IndexError, AttributeError):
        errors, message = {}, response.text
    field = next(iter(errors), "") if isinstance(errors, dict) else ""
    detail = f"{message[:300]}: {errors[field]}" if field else message[:300]
    code = "credentials" if response.status_code in {401, 403} else _CODES.get(response.status_code, "")
    return Refused(detail, field=field, code=code or f"http_{response.status_code}")


_CODES = {404: "not_found"}


def number_of(identifier: str, field: str) -> int:
    """A BigCommerce id, which is a number. Raises Refused for what is none."""
    if not identifier.isdecimal():
        raise Refused(f"{identifier!r} is no id of BigCommerce's", field=field)
    return int(identifier)


async def _pause(response: httpx.Response, *, more: bool) -> None:
    """Waits for new requests where hardly any are left and more will be asked."""
    try:
        left = int(response.headers["x-rate-limit-requests-left"])
        wait_seconds = int(response.headers["x-rate-limit-time-reset-ms"]) / 1000
    except (KeyError, ValueError):
        return
    if more and left <= REQUESTS_LEFT_TO_OTHERS:
        if wait_seconds > 60:
            raise OutcomeUnknown("the store's budget of requests is used up for more than a minute")
        await asyncio.sleep(wait_seconds)
