"""The store behind the simulator: its orders and shipments, what its locations hold, and its webhooks."""

import itertools
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from deployments.sandbox.bigcommerce.errors import BigError
from deployments.sandbox.bigcommerce.placing import STATUSES, completed, now_text
from deployments.sandbox.books import Books

Json = dict[str, Any]
_PARTLY, _WHOLLY = 3, 2


class Store:
    """One store's state. What a client did is in the books: orders, order updates, shipments, adjustments and hooks."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.orders: dict[int, Json] = {}
        self.shipments: dict[int, list[Json]] = {}
        self.levels: dict[tuple[int, str], Json] = {}
        self.catalog: dict[int, Json] = {}
        self.customers: dict[int, Json] = {}
        self.groups: dict[int, Json] = {}
        self.hooks: dict[int, Json] = {}
        self.ids: Iterator[int] = itertools.count(101)

    @property
    def locations(self) -> list[Json]:
        """The locations that were named; a store always has one."""
        numbers = list(dict.fromkeys(number for number, _ in self.levels)) or [1]
        return [{"id": each, "code": f"BC-{each}", "label": f"Location {each}", "enabled": True} for each in numbers]

    def place(self, document: Json) -> Json:
        """Puts an order into the books, or a newer version of one. An old version delivered again changes nothing."""
        order = completed(document, self.ids)
        known = self.orders.get(order["id"])
        if known is None or changed_at(order) > changed_at(known):
            self.orders[order["id"]] = order
            self.books.record("orders", id=order["id"], status_id=order["status_id"])
        if known is None:
            for product in order["products"]:
                if level := self.levels.get((self.locations[0]["id"], product["sku"])):
                    level["total_inventory_onhand"] -= product["quantity"]
        return order

    def order(self, order_id: int) -> Json:
        """The order. Raises BigError for one that does not exist."""
        if order_id not in self.orders:
            raise BigError(404, "The requested resource was not found.")
        return self.orders[order_id]

    def update(self, order_id: int, changes: Json) -> Json:
        """Changes the status and the staff's notes."""
        order = self.order(order_id)
        unknown = set(changes) - {"status_id", "staff_notes"}
        if unknown or not 0 <= changes.get("status_id", 0) < len(STATUSES):
            raise BigError(400, f"The field '{next(iter(unknown), 'status_id')}' is invalid.")
        order.update(changes, date_modified=now_text())
        order["status"] = STATUSES[order["status_id"]]
        self.books.record("order_updates", id=order_id, changes=changes)
        return order

    def ship(self, order_id: int, content: Json) -> Json:
        """Makes a shipment of units that are left, of one address. Raises BigError."""
        order = self.order(order_id)
        products = {each["id"]: each for each in order["products"]}
        if content.get("order_address_id") not in {each["id"] for each in order["shipping_addresses"]}:
            raise BigError(400, "The field 'order_address_id' is invalid.")
        for item in content.get("items") or [{}]:
            product = products.get(item.get("order_product_id", 0))
            left = product["quantity"] - product["quantity_shipped"] if product else 0
            if product is None or product["order_address_id"] != content["order_address_id"]:
                raise BigError(400, "The field 'items' is invalid.")
            if not 0 < item.get("quantity", 0) <= left:
                raise BigError(400, "The quantity of an item exceeds what is left to ship.")
        if len(content.get("tracking_number", "")) > 50:
            raise BigError(400, "The field 'tracking_number' is too long.")
        return self._shipped(order, content, products)

    def adjust(self, items: list[Json], *, relative: bool) -> str:
        """Changes counts, all or none. Raises BigError for an SKU nobody knows, or a count below zero."""
        known = {sku for _, sku in self.levels}
        for item in items:
            level = self.levels.get((item["location_id"], item["sku"]), {})
            after = item["quantity"] + (level.get("total_inventory_onhand", 0) if relative else 0)
            if item["sku"] not in known:
                raise BigError(422, f"[Item with sku {item['sku']} does not exist]")
            if after < 0:
                raise BigError(422, "[Inventory cannot be negative]", quantity="negative")
        for item in items:
            place = (item["location_id"], item["sku"])
            level = self.levels.setdefault(place, {"total_inventory_onhand": 0, "safety_stock": 0})
            level["total_inventory_onhand"] = item["quantity"] + (level["total_inventory_onhand"] if relative else 0)
        made = self.books.record("adjustments", manner="relative" if relative else "absolute", items=items)
        return f"transaction-{made['number']}"

    def _shipped(self, order: Json, content: Json, products: dict[int, Json]) -> Json:
        for item in content["items"]:
            products[item["order_product_id"]]["quantity_shipped"] += item["quantity"]
        left = sum(each["quantity"] - each["quantity_shipped"] for each in order["products"])
        order["status_id"] = _PARTLY if left else _WHOLLY
        order["status"], order["date_modified"] = STATUSES[order["status_id"]], now_text()
        made = {"id": next(self.ids), "order_id": order["id"], "date_created": now_text(), **content}
        self.shipments.setdefault(order["id"], []).append(made)
        self.books.record("shipments", **made)
        return made


def changed_at(order: Json) -> datetime:
    """When the order was changed last."""
    return parsedate_to_datetime(order["date_modified"])
