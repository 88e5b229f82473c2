"""How the simulator shows its things: pages of version 2 and 3, orders with links, and items at their locations."""

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from deployments.sandbox.bigcommerce.store import Json, Store

PARTS = ("products", "shipping_addresses", "shipments")


def linked(order: Json) -> Json:
    """The order as version 2 shows it: products and addresses are links."""
    links = {part: {"url": "https://sandbox/", "resource": f"/orders/{order['id']}/{part}"} for part in PARTS[:2]}
    return {**order, **links}


def bare_page(request: Request, things: list[Json]) -> Response:
    """A page of version 2; beyond the last one there is no content."""
    number, limit = _asked(request)
    found = things[(number - 1) * limit : number * limit]
    return JSONResponse(found) if found else Response(status_code=204)


def page(request: Request, things: list[Json]) -> Json:
    """A page of version 3, with how many there are."""
    number, limit = _asked(request)
    found = things[(number - 1) * limit : number * limit]
    pages = max(1, -(-len(things) // limit))
    counted = {
        "total": len(things),
        "count": len(found),
        "per_page": limit,
        "current_page": number,
        "total_pages": pages,
    }
    return {"data": found, "meta": {"pagination": counted}}


def of_ids(request: Request, known: dict[int, Json]) -> list[Json]:
    """The things of the asked ids; unknown ids give nothing."""
    wanted = request.query_params.get("id:in", "").split(",")
    return [known[int(each)] for each in wanted if each.isdecimal() and int(each) in known]


def item(store: Store, sku: str) -> Json:
    """One SKU with its units at every location."""
    places = [
        {
            "location_id": number,
            "location_code": f"BC-{number}",
            "location_enabled": True,
            "total_inventory_onhand": level["total_inventory_onhand"],
            "available_to_sell": level["total_inventory_onhand"] - level["safety_stock"],
            "settings": {"safety_stock": level["safety_stock"], "is_in_stock": True},
        }
        for (number, each), level in store.levels.items()
        if each == sku
    ]
    return {"identity": {"sku": sku}, "locations": places}


def _asked(request: Request) -> tuple[int, int]:
    """Which page is asked for, and how long it is."""
    return int(request.query_params.get("page", 1)), int(request.query_params.get("limit", 50))
