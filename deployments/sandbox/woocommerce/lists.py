"""Lists as WooCommerce gives them: found, sorted, cut into pages, with the number of pages in the headers."""

from collections.abc import Iterable
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse

from deployments.sandbox.woocommerce.errors import invalid, invalid_page

_SORT = {"id": "id", "date": "date_created_gmt", "modified": "date_modified_gmt"}


def page_of(request: Request, things: Iterable[dict[str, Any]], *, orderby: str = "date") -> JSONResponse:
    """One page of the things the query asks for; beyond the last page an empty one."""
    query = request.query_params
    per_page, page = int(query.get("per_page", 10)), int(query.get("page", 1))
    if not 1 <= per_page <= 100:
        raise invalid_page()
    field = _SORT.get(query.get("orderby", orderby))
    if field is None:
        raise invalid("orderby", "orderby is not one of date, modified, and id.", "rest_not_in_enum")
    found = sorted(things, key=lambda each: (each.get(field, ""), each["id"]), reverse=query.get("order") != "asc")
    pages = -(-len(found) // per_page)
    headers = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)}
    if page < pages:
        headers["Link"] = f'<{request.url.include_query_params(page=page + 1)}>; rel="next"'
    return JSONResponse(found[(page - 1) * per_page : page * per_page], headers=headers)


def changed(request: Request, orders: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The orders changed after `modified_after`, which counts in UTC only if `dates_are_gmt` says so."""
    after = request.query_params.get("modified_after", "")
    if after and request.query_params.get("dates_are_gmt") not in {"true", "1"}:
        raise invalid("dates_are_gmt", "the sandbox's site is in no time zone: ask in UTC", "sandbox_needs_utc")
    return [order for order in orders if order["date_modified_gmt"] > after]


def of_sku(request: Request, products: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The products; variations among them only where SKUs are asked for."""
    if "sku" not in request.query_params:
        return [each for each in products if each["type"] != "variation"]
    wanted = request.query_params["sku"].split(",")
    return [each for each in products if each["sku"] in wanted]
