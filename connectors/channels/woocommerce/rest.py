"""WooCommerce's REST API, version 3: its errors and its pages."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from connectors.errors import OutcomeUnknown, Refused
from connectors.protocols import Document
from connectors.transport.http import HttpClient, json_of

PER_PAGE = 100
_SECOND = timedelta(seconds=1)


class WooRest:
    """The REST API of one shop. Errors are those of HttpClient."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    async def get(self, path: str, **parameters: Any) -> Any:
        """Reads one thing."""
        return json_of(await self._http.read("GET", path, params=parameters))

    async def put(self, path: str, content: Mapping[str, Any]) -> Any:
        """Changes one thing; returns it as it is now."""
        return json_of(await self._http.write("PUT", path, json=dict(content)))

    async def post(self, path: str, content: Mapping[str, Any]) -> Any:
        """Makes one thing, or changes several; returns what the shop says of it."""
        return json_of(await self._http.write("POST", path, json=dict(content)))

    async def every(self, path: str, **parameters: Any) -> AsyncIterator[Document]:
        """All things of a list, in the order of their ids, which new ones do not disturb."""
        page, pages = 1, 1
        while page <= pages:
            found, pages = await self._page(path, page=page, orderby="id", order="asc", **parameters)
            for each in found:
                yield each
            page += 1

    async def changed(self, path: str, since: datetime) -> AsyncIterator[Document]:
        """All things changed at or after `since`, oldest change first, each version once.

        What changes while we read moves to the end and lets the rest of the list slip by one, so a page number would
        step over something. Instead each page starts anew at the last change seen; a page number is used only within
        one second's changes. The shop compares "after", hence the second less.
        """
        seen: set[tuple[Any, Any]] = set()
        after, page, pages = since.astimezone(UTC) - _SECOND, 1, 1
        while page <= pages:
            found, pages = await self._page(path, page=page, orderby="modified", order="asc", **_modified(after))
            for each in found:
                if (version := (each["id"], each["date_modified_gmt"])) not in seen:
                    seen.add(version)
                    yield each
            last = _changed_at(found[-1]) - _SECOND if found else after
            after, page = (last, 1) if last > after and pages > 1 else (after, page + 1)

    async def _page(self, path: str, **parameters: Any) -> tuple[list[Any], int]:
        response = await self._http.read("GET", path, params={"per_page": PER_PAGE, **parameters})
        found = json_of(response)
        if not isinstance(found, list):
            raise OutcomeUnknown(f"the shop's list of {path} is not a list")
        return found, int(response.headers.get("x-wp-totalpages", 1))


def explain(response: httpx.Response) -> Refused:
    """What a 4xx means: `{"code", "message", "data": {"params": {field: reason}}}`."""
    try:
        body = response.json()
        code, message = str(body["code"]), str(body["message"])
        parameters = (body.get("data") or {}).get("params") or {}
    except (ValueError, KeyError, TypeError, AttributeError):
        code, message, parameters = f"http_{response.status_code}", response.text[:300], {}
    field = next(iter(parameters), "") if isinstance(parameters, dict) else ""
    detail = f"{message}: {parameters[field]}" if field else message
    return Refused(detail, field=field, code="credentials" if response.status_code in {401, 403} else code)


def _modified(after: datetime) -> dict[str, str]:
    return {"modified_after": after.replace(tzinfo=None).isoformat(timespec="seconds"), "dates_are_gmt": "true"}


def _changed_at(document: Document) -> datetime:
    return datetime.fromisoformat(document["date_modified_gmt"]).replace(tzinfo=UTC)
