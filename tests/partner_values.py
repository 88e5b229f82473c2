"""Shops of which some locations are fulfilment partners', and what happens in the partners' buildings."""

from typing import Any

import httpx
from scenarios.floor import ShopFloor
from shop_floor import RunningSandbox

from deployments.demo.orders import DemoOrder
from deployments.demo.story import demo_configuration


def locations_of(*, kinds: dict[str, str] | None = None, **partners: str) -> list[dict[str, Any]]:
    """The demonstration's locations, some with a partner: `locations_of(warehouse_la="shipbob")`."""
    document = demo_configuration("configuration")["locations"]
    return [
        place
        | ({"partner": {"code": partners[place["code"]]}} if place["code"] in partners else {})
        | ({"kind": (kinds or {})[place["code"]]} if place["code"] in (kinds or {}) else {})
        for place in document
    ]


def products_at(**places: str) -> list[dict[str, Any]]:
    """The demonstration's products, some of which only one location sends: `products_at(**{"LAMP-LED": "east"})`."""
    document = demo_configuration("configuration")["products"]
    return [
        product | ({"fulfilled_by": places[product["sku"]]} if product["sku"] in places else {}) for product in document
    ]


def progress(sandbox: RunningSandbox, partner: str, reference: str, state: str = "", **more: Any) -> None:
    """Moves a job on in the partner's building."""
    told = {"reference": reference, "state": state, **more}
    httpx.post(f"{sandbox.address}/{partner}/_progress", json=told).raise_for_status()


def happens(floor: ShopFloor, partner: str, order: DemoOrder, state: str = "", **more: Any) -> None:
    """Moves the order's jobs on in the partner's building; an hour later the shop has asked about them."""
    mine = {row.id for row in floor.shipments(order)}
    for job in floor.books(partner, "jobs"):
        if job["reference"] in mine:
            progress(floor.sandbox, partner, job["reference"], state, **more)
    floor.clock.forward(hours=1)
    floor.work()


def jobs(floor: ShopFloor, partner: str, order: DemoOrder | None = None) -> list[dict[str, Any]]:
    """The partner's own jobs since this test began; of one order where it is named."""
    mine = None if order is None else {row.id for row in floor.shipments(order)}
    return [job for job in floor.books(partner, "jobs") if mine is None or job["reference"] in mine]
