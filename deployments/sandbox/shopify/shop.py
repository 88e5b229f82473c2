"""The shop behind the simulator: its orders, the plans to fulfil them, and what its locations hold."""

import itertools
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from deployments.sandbox.books import Books
from deployments.sandbox.shopify.placing import completed, tail

FIRST_LOCATION = "1"

# A fulfillment order, one of its lines, and how many units of it.
Taken = tuple[dict[str, Any], dict[str, Any], int]


class Shop:
    """One shop's state. What a client did is in the books: orders, fulfillments, moves and inventory sets."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.orders: dict[str, dict[str, Any]] = {}
        self.customers: dict[str, dict[str, Any]] = {}
        self.planned: dict[str, dict[str, Any]] = {}
        self.plans: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.fulfillments: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.items: dict[str, str] = {}
        self.levels: dict[tuple[str, str], dict[str, Any]] = {}
        self.subscriptions: list[dict[str, Any]] = []
        self.edits: dict[str, dict[str, Any]] = {}
        self.answers: dict[str, tuple[Any, Any]] = {}
        self._ids = itertools.count(6_000_000_000_000)

    @property
    def locations(self) -> list[str]:
        """The ids of the locations, in the order they were named; a shop always has one."""
        return list(dict.fromkeys(location for location, _ in self.levels)) or [FIRST_LOCATION]

    def new_id(self) -> str:
        """An id nobody had before."""
        return str(next(self._ids))

    def stock(self, location: str, sku: str, on_hand: int) -> None:
        """Counts an SKU at a location; from now on it is stocked there."""
        self.items.setdefault(sku, self.new_id())
        self.levels[tail(location), sku] = {"on_hand": on_hand, "available": on_hand, "updated_at": now_text()}

    def place(self, document: dict[str, Any]) -> dict[str, Any]:
        """Puts an order into the books, or a newer version of one; returns what was placed, to be delivered.

        Its fulfilment is planned at the first location. An old version delivered again changes nothing.
        """
        order = completed(document, self.new_id, now_text())
        known = self.orders.get(order["id"])
        if known is None or _changed_at(order) > _changed_at(known):
            self.orders[order["id"]] = order
            self._know(order["customer"])
            self.books.record("orders", id=order["id"], name=order["name"], updated_at=order["updated_at"])
        if known is None:
            self._plan(order)
        return order

    def move(self, planned: dict[str, Any], location: str, units: dict[str, int]) -> dict[str, Any]:
        """Plans these units (all, if none are named) at another location, in a fulfillment order of their own."""
        moved_lines = []
        for line in planned["lines"]:
            wanted = units.get(line["id"], 0) if units else line["remaining"]
            if wanted:
                line["remaining"] -= wanted
                line["total"] -= wanted
                self._promise(planned["location"], line["sku"], wanted)
                self._promise(location, line["sku"], -wanted)
                moved_lines.append({**line, "id": self.new_id(), "total": wanted, "remaining": wanted})
        _close_if_done(planned)
        moved = self._planned(planned["order_id"], location, moved_lines)
        self.books.record("moves", order_id=planned["order_id"], location=location)
        return moved

    def fulfil(self, taken: list[Taken], tracking: dict[str, Any]) -> dict[str, Any]:
        """Sends units of lines of fulfillment orders; the location's count falls with them."""
        for planned, line, units in taken:
            line["remaining"] -= units
            if level := self.levels.get((planned["location"], line["sku"])):
                level["on_hand"] -= units
            ordered = self._line(planned["order_id"], line["line_id"])
            ordered["sent"] = ordered.get("sent", 0) + units
            _close_if_done(planned)
        order = self.orders[taken[0][0]["order_id"]]
        open_units = sum(line["remaining"] for planned in self.plans[order["id"]] for line in planned["lines"])
        order["fulfillment_status"] = "partial" if open_units else "fulfilled"
        order["updated_at"] = now_text()
        made = self.books.record(
            "fulfillments",
            id=self.new_id(),
            order_id=order["id"],
            location=taken[0][0]["location"],
            tracking=tracking,
            lines=[{"line_id": line["line_id"], "units": units} for _, line, units in taken],
        )
        self.fulfillments[order["id"]].append(made)
        return made

    def take_out(self, order_id: str, line_id: str, remaining: int) -> None:
        """Leaves so many units of a line; what is planned shrinks, and what was promised is free again."""
        line = self._line(order_id, line_id)
        gone = line.get("current_quantity", line["quantity"]) - remaining
        line["current_quantity"] = remaining
        for planned in self.plans[order_id]:
            for each in (each for each in planned["lines"] if each["line_id"] == line_id):
                units = min(gone, each["remaining"])
                each["remaining"], gone = each["remaining"] - units, gone - units
                self._promise(planned["location"], each["sku"], units)
            _close_if_done(planned)

    def end(self, order_id: str) -> None:
        """Cancels the order: what is planned is given back."""
        order = self.orders[order_id]
        for line in order["line_items"]:
            self.take_out(order_id, str(line["id"]), line.get("sent", 0))
        order["cancelled_at"] = order["updated_at"] = now_text()

    def _know(self, customer: dict[str, Any] | None) -> None:
        if customer:
            self.customers.setdefault(tail(customer.get("id")), customer)

    def _line(self, order_id: str, line_id: str) -> dict[str, Any]:
        return next(line for line in self.orders[order_id]["line_items"] if str(line["id"]) == line_id)

    def set_available(self, location: str, sku: str, available: int) -> None:
        """Changes what is promised, and what is on hand by the same number, as Shopify does."""
        level = self.levels[location, sku]
        level["on_hand"] += available - level["available"]
        level["available"] = available
        level["updated_at"] = now_text()

    def _plan(self, order: dict[str, Any]) -> None:
        lines = []
        for line in order["line_items"]:
            if line["requires_shipping"]:
                units = line["quantity"]
                sku, line_id = line["sku"], str(line["id"])
                lines.append({"id": self.new_id(), "line_id": line_id, "sku": sku, "total": units, "remaining": units})
                self._promise(self.locations[0], sku, -units)
        if lines:
            self._planned(order["id"], self.locations[0], lines)

    def _planned(self, order_id: str, location: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
        planned = {"id": self.new_id(), "order_id": order_id, "location": location, "status": "OPEN", "lines": lines}
        self.planned[planned["id"]] = planned
        self.plans[order_id].append(planned)
        return planned

    def _promise(self, location: str, sku: str, units: int) -> None:
        if level := self.levels.get((location, sku)):
            level["available"] += units


def now_text() -> str:
    """This moment, as Shopify writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _changed_at(order: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(order["updated_at"])


def _close_if_done(planned: dict[str, Any]) -> None:
    if not any(line["remaining"] for line in planned["lines"]):
        planned["status"] = "CLOSED"
